use super::{Became, changes, to_html};
use proptest::prelude::*;

#[test]
fn headings_lists_emphasis_and_tables_are_drawn_below_the_pages_own_title() {
    let made = to_html(
        "# ED\n\nCode **first**:\n\n- `Z99`\n- level 4\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    );
    for part in ["<h3>ED</h3>", "<strong>first</strong>", "<li><code>Z99</code></li>", "<td>2</td>"]
    {
        assert!(made.contains(part), "{part} in {made}");
    }
}

#[test]
fn nothing_that_was_written_becomes_markup_of_its_own() {
    let hostile = [
        "<script>alert(1)</script>",
        "a <b onclick=x>c</b> d",
        "<div>\n\n<img src=x onerror=y>\n\n</div>",
        "[click](javascript:alert(1))",
        "![x](http://example.com/pixel.png)",
        "<http://example.com>",
        "```<script>\ncode</script>\n```",
        "| <i>a</i> |\n|---|\n| <svg/onload=z> |",
        "# x {#id .class onclick=\"y\"}",
        "| a |\n|:-:|\n| b |",
    ];
    for text in hostile {
        let made = to_html(text);
        for tag in made.split('<').skip(1).filter_map(|piece| piece.split('>').next()) {
            let plain = tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '/' || c == ' ');
            assert!(plain, "<{tag}> in {made}");
            let bad = ["script", "b", "img", "a", "svg", "div", "i"];
            assert!(!bad.contains(&tag.trim_start_matches('/')), "<{tag}> in {made}");
        }
    }
}

#[test]
fn what_changed_is_told_line_by_line_in_the_order_of_reading() {
    let before = "# ED\nLevel 4 needs two systems.\nCode smoking.\n\nEnd.";
    let after = "# ED\nLevel 4 needs three systems.\nCode smoking.\nCode vaping.\nEnd.";
    let changed = changes(before, after);
    let told: Vec<_> = changed.iter().map(|line| (line.became, line.text.as_str())).collect();
    assert_eq!(
        told,
        [
            (Became::Removed, "Level 4 needs two systems."),
            (Became::Added, "Level 4 needs three systems."),
            (Became::Added, "Code vaping."),
        ]
    );
    assert_eq!(changes(before, before), []);
}

proptest! {
    #[test]
    fn any_text_is_drawn_with_known_tags_alone(text in "[a-z<>/\"'=&;:#*_`|\\[\\]() \n!-]{0,200}") {
        let made = to_html(&text);
        for piece in made.split('<').skip(1) {
            let name: String =
                piece.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            let known = ["p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "em", "strong", "code", "pre",
                "blockquote", "hr", "br", "table", "thead", "tbody", "tr", "th", "td"];
            prop_assert!(known.contains(&name.as_str()), "<{} of {:?}", piece, text);
        }
    }

    #[test]
    fn what_is_gone_was_there_and_what_is_new_is_there(
        before in prop::collection::vec("[ab]{1,2}", 0..12),
        after in prop::collection::vec("[ab]{1,2}", 0..12),
    ) {
        let changed = changes(&before.join("\n"), &after.join("\n"));
        let count = |became| changed.iter().filter(|line| line.became == became).count();
        let kept = before.len() - count(Became::Removed);
        prop_assert_eq!(kept, after.len() - count(Became::Added));
        for line in &changed {
            let there = if line.became == Became::Removed { &before } else { &after };
            prop_assert!(there.contains(&line.text));
        }
    }
}
