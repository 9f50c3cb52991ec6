//! Tests of all kinds of charts.

use super::*;
use proptest::prelude::*;

/// One chart of each kind with these values.
fn charts(values: &[f64], text: &str) -> Vec<Svg> {
    let points: Vec<_> = values
        .iter()
        .copied()
        .zip(values.iter().rev().copied())
        .collect();
    let (title, name) = (text.to_owned(), text.to_owned());
    let lines = |x: Axis, y: Axis| Lines {
        title: title.clone(),
        x,
        y,
        series: vec![
            Series::new(text, points.clone()),
            Series::new("second", Vec::new()),
            Series::steps(text, points.clone()),
        ],
        diagonal: true,
    };
    vec![
        lines(Axis::new(text), Axis::new(text)).svg(),
        lines(Axis::probit(text), Axis::probit(text)).svg(),
        lines(Axis::log(text), Axis::percent(text).from(0.0).to(1.0)).svg(),
        Histogram {
            title: title.clone(),
            x: Axis::new(text),
            edges: values.to_vec(),
            series: vec![Bars {
                name: name.clone(),
                shares: values.to_vec(),
            }],
            markers: vec![Marker {
                at: values.first().copied().unwrap_or(0.5),
                label: name.clone(),
            }],
        }
        .svg(),
        Scatter {
            title: title.clone(),
            x: Axis::new(text),
            y: Axis::new(text),
            groups: vec![
                Group {
                    name: name.clone(),
                    points: points.clone(),
                };
                5
            ],
            diagonal: true,
        }
        .svg(),
        Intervals {
            title: title.clone(),
            x: Axis::new(text),
            rows: points
                .iter()
                .map(|&(at, end)| Interval {
                    name: name.clone(),
                    at,
                    interval: Some([end, at]),
                    paint: Paint::Series(1),
                })
                .collect(),
            reference: None,
        }
        .svg(),
        timeline(values, text).svg(),
    ]
}

/// A timeline with the values as points, spans and events.
fn timeline(values: &[f64], text: &str) -> Timeline {
    let trace = |dots: bool| Trace {
        name: text.to_owned(),
        paint: Paint::Ink,
        dots,
        points: values
            .iter()
            .map(|&value| Point {
                at: value,
                value,
                joined: value > 0.3,
            })
            .collect(),
    };
    Timeline {
        title: text.to_owned(),
        x: Axis::time(text),
        y: Axis::new(text),
        height: 120.0,
        spans: values
            .windows(2)
            .map(|pair| Span {
                ends: [pair[0], pair[1]],
                paint: Paint::Series(3),
                title: text.to_owned(),
            })
            .collect(),
        levels: values
            .iter()
            .map(|&at| Level {
                at,
                label: text.to_owned(),
            })
            .collect(),
        series: vec![trace(true), trace(false)],
        events: [Stroke::Full, Stroke::Dashed, Stroke::Short]
            .into_iter()
            .zip(values)
            .map(|(stroke, &at)| Event {
                at,
                paint: Paint::Faint,
                stroke,
                title: text.to_owned(),
            })
            .collect(),
        legend: vec![Entry {
            paint: Paint::Ink,
            swatch: Swatch::Band,
            name: text.to_owned(),
        }],
    }
}

/// Whether all positions in a drawing lie within its view box.
fn check_places(svg: &str) -> Result<(), String> {
    let height: f64 = svg
        .split_once("viewBox=\"0 0 400 ")
        .and_then(|(_, rest)| rest.split_once('"')?.0.parse().ok())
        .ok_or("no view")?;
    let within = |number: &str, most: f64| match number.parse::<f64>() {
        Ok(at) if (-0.1..=most + 0.1).contains(&at) => Ok(()),
        _ => Err(format!("{number} of {most} in {svg}")),
    };
    for (names, most) in [
        ([" x", " x1", " x2", " cx", " width"], 400.0),
        ([" y", " y1", " y2", " cy", " height"], height),
    ] {
        for name in names {
            let start = format!("{name}=\"");
            for rest in svg.split(&start).skip(1) {
                within(rest.split('"').next().unwrap_or_default(), most)?;
            }
        }
    }
    for path in svg.split(" d=\"").skip(1) {
        let path = path.split('"').next().unwrap_or_default();
        let path = path.replace('Z', "").replace("h0", "");
        for point in path.split(['M', 'L']).filter(|point| !point.is_empty()) {
            let (x, y) = point.split_once(' ').ok_or("a lone number")?;
            within(x, 400.0)?;
            within(y, height)?;
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn everything_lies_within_the_view(
        values in prop::collection::vec(
            prop_oneof![
                -1.0..2.0,
                -1e6..1e6,
                prop::num::f64::ANY,
                Just(0.0),
                Just(f64::NAN),
                Just(f64::INFINITY),
            ],
            0..12,
        )
    ) {
        for svg in charts(&values, "name") {
            let svg = svg.to_string();
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            check_places(&svg).map_err(TestCaseError::fail)?;
        }
    }
}

#[test]
fn nothing_to_draw_is_said() {
    for values in [&[][..], &[f64::NAN, f64::INFINITY]] {
        for svg in charts(values, "who") {
            let svg = svg.to_string();
            assert!(svg.contains(">no data<"), "{svg}");
            assert!(svg.contains("aria-label=\"who: no data\""), "{svg}");
        }
    }
}

#[test]
fn no_text_can_break_a_drawing() {
    let hostile = "<b>\"'&";
    let harmless = "aria-label=\"&lt;b&gt;&quot;'&amp;\"";
    for svg in charts(&[0.1, 0.5, 0.9], hostile) {
        let svg = svg.to_string();
        assert!(!svg.contains("<b>") && !svg.contains("\"'"), "{svg}");
        assert!(svg.contains(harmless), "{svg}");
    }
}

#[test]
fn a_line_is_broken_where_a_point_is_missing() {
    let points = vec![(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 1.0)];
    let lines = Lines {
        title: "loss".into(),
        x: Axis::new("epoch"),
        y: Axis::new("loss"),
        series: vec![Series::new("training", points)],
        diagonal: false,
    };
    let svg = lines.svg().to_string();
    let path = svg
        .split(" d=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(
        (path.matches('M').count(), path.matches('L').count()),
        (2, 1)
    );
    assert_eq!(svg.matches("<circle").count(), 3);
    assert!(
        svg.contains("<title>training: epoch 3.000, loss 1.000</title>"),
        "{svg}"
    );
}

#[test]
fn a_value_of_a_survival_curve_holds_until_the_next_one() {
    let lines = Lines {
        title: "left".into(),
        x: Axis::new("seconds").from(0.0).to(4.0),
        y: Axis::percent("share").from(0.0).to(1.0),
        series: vec![Series::steps(
            "all",
            vec![(0.0, 1.0), (2.0, 0.5), (4.0, 0.0)],
        )],
        diagonal: false,
    };
    let svg = lines.svg().to_string();
    let path = svg.split(" d=\"M").nth(1).unwrap();
    let path = path.split('"').next().unwrap();
    let points: Vec<Vec<&str>> = path.split('L').map(|p| p.split(' ').collect()).collect();
    assert_eq!(points.len(), 5);
    for pair in points.windows(2) {
        let same = [0, 1].map(|k| pair[0][k] == pair[1][k]);
        assert_eq!(same.iter().filter(|&&same| same).count(), 1, "{path}");
    }
}

#[test]
fn long_names_leave_room_for_what_they_name() {
    let row = Interval {
        name: "someone with a very long name indeed".into(),
        at: 3.0,
        interval: Some([1.0, 30.0]),
        paint: Paint::Series(0),
    };
    let chart = Intervals {
        title: "EER".into(),
        x: Axis::new("EER"),
        rows: vec![row],
        reference: Some(0.0),
    };
    let svg = chart.svg().to_string();
    assert!(svg.contains(">someone with a ve…<"), "{svg}");
    assert!(svg.contains("3.000 (1.000 to 30.00)"), "{svg}");
}
