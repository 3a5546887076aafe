//! Words that differ by one slip of the fingers.

/// Shorter words are not corrected: too many others are near.
pub(crate) const CORRECTED_CHARACTERS_MIN: usize = 5;

/// Whether one letter added, left out, changed, or exchanged with its neighbour makes one of the other.
pub(crate) fn one_slip_apart(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len().abs_diff(right.len()) > 1 {
        return false;
    }
    let same = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) =
        (left.get(same..).unwrap_or_default(), right.get(same..).unwrap_or_default());
    match (left, right) {
        ([_, longer @ ..], shorter) | (shorter, [_, longer @ ..]) if longer == shorter => true,
        ([_, left @ ..], [_, right @ ..]) if left == right => true,
        ([first, second, left @ ..], [third, fourth, right @ ..]) => {
            (first, second) == (fourth, third) && left == right
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::one_slip_apart;

    #[test]
    fn one_slip_is_one_letter_added_lost_changed_or_exchanged() {
        for slip in ["pneumona", "pneumoniia", "pneumomia", "pnuemonia", "neumonia", "pneumoniax"] {
            assert!(one_slip_apart(slip, "pneumonia"), "{slip}");
            assert!(one_slip_apart("pneumonia", slip), "{slip}");
        }
        for far in ["pneumonia", "pnuemona", "pneumo", "", "ammonia"] {
            assert!(!one_slip_apart(far, "pneumonia"), "{far}");
        }
    }
}
