//! What differs from run to run, masked: times, dates and identities.

pub(crate) fn masked(screen: &str) -> String {
    screen.lines().map(masked_line).collect::<Vec<_>>().join("\n")
}

fn masked_line(line: &str) -> String {
    const SHAPES: [&str; 7] = [
        "########-####-7###-####-############",
        "########-0",
        "####-##-## ##:##",
        "##/##/####",
        "##:##:##",
        "##:##",
        "####-##-##",
    ];
    let characters: Vec<char> = line.chars().collect();
    let mut shown = String::new();
    let mut at = 0;
    while at < characters.len() {
        let fits = |shape: &&&str| {
            shape.chars().enumerate().all(|(offset, wanted)| match characters.get(at + offset) {
                Some(found) if wanted == '#' => found.is_ascii_hexdigit(),
                Some(found) => *found == wanted,
                None => false,
            })
        };
        let shape = SHAPES.iter().find(fits).map(|shape| (*shape).to_owned());
        let shape = shape.unwrap_or_else(|| characters[at].to_string());
        at += shape.chars().count();
        shown.push_str(&shape);
    }
    shown.trim_end().to_owned()
}
