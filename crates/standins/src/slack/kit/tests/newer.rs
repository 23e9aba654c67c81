//! The blocks that came late, and the rarer elements.

use serde_json::{Value, json};

use super::{actions, input, menu, option, options, plain, typed, x};

fn one(block: Value) -> Value {
    json!([block])
}

fn with(mut block: Value, key: &str, value: Value) -> Value {
    block[key] = value;
    one(block)
}

fn card(key: &str, value: Value) -> Value {
    with(json!({ "type": "card", "title": plain("t") }), key, value)
}

fn video(key: &str, value: Value) -> Value {
    let url = "https://a.example/v";
    let block = json!({
        "type": "video", "alt_text": "a", "title": plain("t"), "video_url": url, "thumbnail_url": url,
    });
    with(block, key, value)
}

fn feedback(key: &str, value: Value) -> Value {
    let mut button = json!({ "text": plain("g"), "value": "v" });
    button[key] = value;
    let element = json!({ "type": "feedback_buttons", "positive_button": button, "negative_button": { "text": plain("b") } });
    one(json!({ "type": "context_actions", "elements": [element] }))
}

fn icons(count: usize, users: usize) -> Value {
    let icon = json!({ "type": "icon_button", "icon": "trash", "text": plain("d"), "visible_to_user_ids": vec!["U1"; users] });
    one(json!({ "type": "context_actions", "elements": vec![icon; count] }))
}

fn grid(rows: usize, columns: usize, cell: usize, page: u64) -> Value {
    let row = vec![json!({ "type": "raw_text", "text": x(cell) }); columns];
    one(json!({ "type": "data_table", "rows": vec![json!(row); rows], "page_size": page }))
}

fn pie(count: usize, label: usize, value: f64, title: usize) -> Value {
    let segments = vec![json!({ "label": x(label), "value": value }); count];
    one(
        json!({ "type": "data_visualization", "title": x(title), "chart": { "type": "pie", "segments": segments } }),
    )
}

struct Line {
    series: usize,
    name: usize,
    points: usize,
    label: usize,
    categories: usize,
    category: usize,
    axis: usize,
}

const LINE: Line = Line {
    series: 1,
    name: 1,
    points: 1,
    label: 1,
    categories: 1,
    category: 1,
    axis: 1,
};

fn line(line: Line) -> Value {
    let points = vec![json!({ "label": x(line.label), "value": 1 }); line.points];
    let series = vec![json!({ "name": x(line.name), "data": points }); line.series];
    let axis = json!({ "categories": vec![x(line.category); line.categories], "x_label": x(line.axis) });
    let chart = json!({ "type": "line", "series": series, "axis_config": axis });
    one(json!({ "type": "data_visualization", "title": "t", "chart": chart }))
}

fn groups(count: usize, options: Vec<Value>, label: usize) -> Value {
    let group = json!({ "label": plain(x(label)), "options": options });
    actions(json!({ "type": "static_select", "option_groups": vec![group; count] }))
}

fn container(key: &str, value: Value) -> Value {
    with(
        json!({ "type": "container", "child_blocks": [{ "type": "divider" }] }),
        key,
        value,
    )
}

fn table(rows: Value, settings: usize) -> Value {
    one(json!({ "type": "table", "rows": rows, "column_settings": vec![json!({}); settings] }))
}

pub fn cases() -> Vec<(&'static str, Value, Value)> {
    let described =
        |length: usize| json!({ "text": plain("o"), "value": "v", "description": plain(x(length)) });
    let file = |max: u64| input(json!({ "type": "file_input", "max_files": max }));
    let number = |min: i64, max: i64| {
        input(
            json!({ "type": "number_input", "is_decimal_allowed": false, "min_value": min.to_string(), "max_value": max.to_string() }),
        )
    };
    let hint = |length: usize| with(typed(json!({}))[0].clone(), "hint", plain(x(length)));
    let markdown = |length: usize| one(json!({ "type": "markdown", "text": x(length) }));
    let carousel =
        |count: usize| one(json!({ "type": "carousel", "elements": vec![json!({ "type": "card" }); count] }));
    let buttons = |count: usize| json!(vec![json!({ "type": "button", "text": plain("b") }); count]);
    let dividers = |count: usize| json!(vec![json!({ "type": "divider" }); count]);
    let cell = json!({ "type": "raw_text", "text": "c" });
    let both = json!({ "type": "static_select", "options": options(1), "option_groups": [] });
    let picture = |more: bool| {
        let mut image = json!({ "type": "image", "image_url": "https://a.example/i", "alt_text": "a" });
        if more {
            image["slack_file"] = json!({ "id": "F1" });
        }
        one(image)
    };
    let mut found = vec![
        (
            "option-description-too-long",
            menu("overflow", vec![described(75)]),
            menu("overflow", vec![described(76)]),
        ),
        (
            "option-group-label-too-long",
            groups(1, options(1), 75),
            groups(1, options(1), 76),
        ),
        (
            "option-group-empty",
            groups(1, options(1), 1),
            groups(1, vec![], 1),
        ),
        (
            "option-group-too-many-options",
            groups(1, options(100), 1),
            groups(1, options(101), 1),
        ),
        (
            "select-too-many-option-groups",
            groups(100, options(1), 1),
            groups(101, options(1), 1),
        ),
        (
            "checkboxes-empty",
            menu("checkboxes", options(1)),
            menu("checkboxes", vec![]),
        ),
        (
            "radio-buttons-empty",
            menu("radio_buttons", vec![option(1, 1)]),
            menu("radio_buttons", vec![]),
        ),
        (
            "static-select-options-and-groups",
            menu("static_select", options(1)),
            actions(both),
        ),
        ("image-url-and-slack-file", picture(false), picture(true)),
        ("number-input-inverted-range", number(1, 2), number(2, 1)),
        ("input-hint-too-long", hint(2000), hint(2001)),
        ("markdown-empty", markdown(1), markdown(0)),
        ("markdown-too-long", markdown(12_000), markdown(12_001)),
        (
            "table-ragged-rows",
            table(json!([[cell], [cell]]), 0),
            table(json!([[cell], [cell, cell]]), 0),
        ),
        (
            "table-column-settings-mismatch",
            table(json!([[cell]]), 1),
            table(json!([[cell]]), 2),
        ),
        (
            "card-title-too-long",
            card("title", plain(x(150))),
            card("title", plain(x(151))),
        ),
        (
            "card-subtitle-too-long",
            card("subtitle", plain(x(150))),
            card("subtitle", plain(x(151))),
        ),
        (
            "card-body-too-long",
            card("body", plain(x(200))),
            card("body", plain(x(201))),
        ),
        (
            "card-subtext-too-long",
            card("subtext", plain(x(200))),
            card("subtext", plain(x(201))),
        ),
        (
            "card-too-many-actions",
            card("actions", buttons(3)),
            card("actions", buttons(4)),
        ),
        ("carousel-empty", carousel(1), carousel(0)),
        ("carousel-too-many-cards", carousel(10), carousel(11)),
        (
            "container-title-too-long",
            container("title", plain(x(150))),
            container("title", plain(x(151))),
        ),
        (
            "container-subtitle-too-long",
            container("subtitle", plain(x(150))),
            container("subtitle", plain(x(151))),
        ),
        (
            "container-too-many-child-blocks",
            container("child_blocks", dividers(10)),
            container("child_blocks", dividers(11)),
        ),
        ("context-actions-too-many-elements", icons(5, 0), icons(6, 0)),
        ("icon-button-too-many-visible-users", icons(1, 10), icons(1, 11)),
        (
            "feedback-button-text-too-long",
            feedback("text", plain(x(75))),
            feedback("text", plain(x(76))),
        ),
        (
            "feedback-button-value-too-long",
            feedback("value", json!(x(2000))),
            feedback("value", json!(x(2001))),
        ),
        (
            "feedback-button-accessibility-label-too-long",
            feedback("accessibility_label", json!(x(75))),
            feedback("accessibility_label", json!(x(76))),
        ),
        (
            "video-alt-text-empty",
            video("alt_text", json!("a")),
            video("alt_text", json!("")),
        ),
        (
            "video-alt-text-too-long",
            video("alt_text", json!(x(200))),
            video("alt_text", json!(x(201))),
        ),
        (
            "video-title-too-long",
            video("title", plain(x(200))),
            video("title", plain(x(201))),
        ),
        (
            "video-author-name-too-long",
            video("author_name", json!(x(50))),
            video("author_name", json!(x(51))),
        ),
        (
            "video-description-too-long",
            video("description", plain(x(200))),
            video("description", plain(x(201))),
        ),
        (
            "video-provider-name-too-long",
            video("provider_name", json!(x(50))),
            video("provider_name", json!(x(51))),
        ),
    ];
    found.extend(charts());
    // An alert and a file input stand in forms only, so what fits is shown without them.
    let fits = || one(json!({ "type": "divider" }));
    found.push((
        "alert-text-too-long",
        fits(),
        one(json!({ "type": "alert", "text": plain(x(201)) })),
    ));
    found.push(("file-input-max-files-too-small", fits(), file(0)));
    found.push(("file-input-max-files-too-large", fits(), file(11)));
    found
}

fn charts() -> Vec<(&'static str, Value, Value)> {
    vec![
        ("data-table-too-few-rows", grid(2, 1, 1, 1), grid(1, 1, 1, 1)),
        ("data-table-too-many-rows", grid(201, 1, 1, 1), grid(202, 1, 1, 1)),
        ("data-table-too-few-columns", grid(2, 1, 1, 1), grid(2, 0, 1, 1)),
        (
            "data-table-too-many-columns",
            grid(2, 20, 1, 1),
            grid(2, 21, 1, 1),
        ),
        (
            "data-table-page-size-too-small",
            grid(2, 1, 1, 1),
            grid(2, 1, 1, 0),
        ),
        (
            "data-table-page-size-too-large",
            grid(2, 1, 1, 100),
            grid(2, 1, 1, 101),
        ),
        ("data-table-cell-text-empty", grid(2, 1, 1, 1), grid(2, 1, 0, 1)),
        (
            "data-table-content-too-long",
            grid(2, 1, 6000, 1),
            grid(2, 1, 10_001, 1),
        ),
        (
            "data-visualization-title-too-long",
            pie(1, 1, 1.0, 50),
            pie(1, 1, 1.0, 51),
        ),
        ("pie-chart-empty", pie(1, 1, 1.0, 1), pie(0, 1, 1.0, 1)),
        (
            "pie-chart-too-many-segments",
            pie(12, 1, 1.0, 1),
            pie(13, 1, 1.0, 1),
        ),
        (
            "chart-segment-label-too-long",
            pie(1, 20, 1.0, 1),
            pie(1, 21, 1.0, 1),
        ),
        (
            "chart-segment-value-not-positive",
            pie(1, 1, 0.1, 1),
            pie(1, 1, 0.0, 1),
        ),
        ("chart-series-empty", line(LINE), line(Line { series: 0, ..LINE })),
        (
            "chart-too-many-series",
            line(Line { series: 12, ..LINE }),
            line(Line { series: 13, ..LINE }),
        ),
        (
            "data-series-name-too-long",
            line(Line { name: 20, ..LINE }),
            line(Line { name: 21, ..LINE }),
        ),
        ("data-series-empty", line(LINE), line(Line { points: 0, ..LINE })),
        (
            "data-series-too-many-points",
            line(Line { points: 20, ..LINE }),
            line(Line { points: 21, ..LINE }),
        ),
        (
            "data-point-label-too-long",
            line(Line { label: 20, ..LINE }),
            line(Line { label: 21, ..LINE }),
        ),
        (
            "axis-categories-empty",
            line(LINE),
            line(Line {
                categories: 0,
                ..LINE
            }),
        ),
        (
            "axis-too-many-categories",
            line(Line {
                categories: 20,
                ..LINE
            }),
            line(Line {
                categories: 21,
                ..LINE
            }),
        ),
        (
            "axis-category-label-too-long",
            line(Line { category: 20, ..LINE }),
            line(Line { category: 21, ..LINE }),
        ),
        (
            "axis-label-too-long",
            line(Line { axis: 50, ..LINE }),
            line(Line { axis: 51, ..LINE }),
        ),
    ]
}
