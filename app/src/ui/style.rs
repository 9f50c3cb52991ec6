//! Colours and CSS of the app.

use gtk::gdk;

/// The colours of the curve's parts, by which the legend is painted too.
pub const EVIDENCE: (f64, f64, f64) = (0.21, 0.52, 0.89);
/// A lock.
pub const LOCK: (f64, f64, f64) = (0.88, 0.11, 0.14);
/// The state `lock`.
pub const LOCKED: (f64, f64, f64) = (0.96, 0.38, 0.32);
/// A device that lies still.
pub const AT_REST: (f64, f64, f64) = (0.60, 0.60, 0.60);
/// Nothing decided.
pub const UNDECIDED: (f64, f64, f64) = (0.57, 0.25, 0.67);

const STYLE: &str = "
.headline-icon { padding: 22px; border-radius: 999px; }
.headline-icon.good { color: @success_color; background: alpha(@success_bg_color, 0.18); }
.headline-icon.calm { color: @accent_color; background: alpha(@accent_bg_color, 0.15); }
.headline-icon.alert { color: @warning_color; background: alpha(@warning_bg_color, 0.25); }
.headline-icon.off { color: @error_color; background: alpha(@error_bg_color, 0.15); }
.thick-bar { min-height: 10px; }
.thick-bar > trough, .thick-bar > trough > progress { min-height: 10px; border-radius: 5px; }
.plot { padding: 12px; }
";

/// Loads the CSS for the default display.
pub fn load() {
    let Some(display) = gdk::Display::default() else {
        return;
    };
    let provider = gtk::CssProvider::new();
    provider.load_from_data(STYLE);
    let priority = gtk::STYLE_PROVIDER_PRIORITY_APPLICATION;
    gtk::style_context_add_provider_for_display(&display, &provider, priority);
}
