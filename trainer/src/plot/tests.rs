//! What holds for charts of every kind.

use super::*;
use proptest::prelude::*;

/// One chart of each kind, of these values.
fn charts(values: &[f64], text: &str) -> Vec<Svg> {
    let points: Vec<_> = values
        .iter()
        .copied()
        .zip(values.iter().rev().copied())
        .collect();
    let (title, name) = (text.to_owned(), text.to_owned());
    let marker = Marker {
        at: values.first().copied().unwrap_or(0.5),
        label: name.clone(),
    };
    let lines = |x: Axis, y: Axis| Lines {
        title: title.clone(),
        x,
        y,
        series: vec![
            Series::new(text, points.clone()).within(points.clone()),
            Series::new("second", Vec::new()),
        ],
        markers: vec![marker.clone()],
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
            markers: vec![marker.clone()],
        }
        .svg(),
        Scatter {
            title: title.clone(),
            x: Axis::new(text),
            y: Axis::new(text),
            clouds: vec![
                Cloud {
                    name: name.clone(),
                    points: points.clone(),
                };
                5
            ],
        }
        .svg(),
        Boxes {
            title: title.clone(),
            x: Axis::percent(text),
            groups: vec![BoxGroup {
                name: name.clone(),
                values: values.to_vec(),
            }],
            reference: None,
        }
        .svg(),
        Survival {
            title: title.clone(),
            x: Axis::new(text),
            y: Axis::percent(text),
            curves: vec![Curve {
                name: name.clone(),
                steps: points.clone(),
                censored: points.clone(),
            }],
            markers: vec![marker],
        }
        .svg(),
        Intervals {
            title,
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
    ]
}

/// Places named in a drawing, all of which must lie within its view.
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
        let path = path.split('"').next().unwrap_or_default().replace('Z', "");
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
    for svg in charts(&[0.1, 0.5, 0.9], hostile) {
        let svg = svg.to_string();
        assert!(!svg.contains("<b>") && !svg.contains("\"'"), "{svg}");
        assert!(
            svg.contains("aria-label=\"&lt;b&gt;&quot;&#39;&amp;\""),
            "{svg}"
        );
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
        markers: Vec::new(),
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
fn long_names_leave_room_for_what_they_name() {
    let group = BoxGroup {
        name: "someone with a very long name indeed".into(),
        values: vec![1.0, 2.0, 3.0, 4.0, 30.0],
    };
    let boxes = Boxes {
        title: "EER".into(),
        x: Axis::new("EER"),
        groups: vec![group],
        reference: Some(0.0),
    };
    let svg = boxes.svg().to_string();
    assert!(svg.contains("someone with a ve…"), "{svg}");
    // The outlier stands by itself, beyond the whisker.
    assert!(svg.contains("<title>30.00</title>"), "{svg}");
    assert!(
        svg.contains("5 values from 1.000 to 30.00: median 3.000"),
        "{svg}"
    );
}
