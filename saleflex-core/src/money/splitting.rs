//! An amount split without loss.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::Money;

impl Money {
    /// Splits the amount in proportion to `weights`; the parts always add up to the whole.
    ///
    /// Each part is rounded down (towards zero), then the minor units left over go one by one to the largest
    /// remainders, ties to the earlier part. A negative weight counts as nothing; when all weights are nothing
    /// the split is even. No weights give no parts.
    #[must_use]
    pub fn split(self, weights: &[Self]) -> Vec<Self> {
        let weight = |weight: &Self| i128::from(weight.0.max(0));
        let total: i128 = weights.iter().map(weight).sum();
        if total == 0 {
            let count = i128::try_from(weights.len()).unwrap_or(1);
            return self.split_by(weights.iter().map(|_| 1), count);
        }
        self.split_by(weights.iter().map(weight), total)
    }

    /// `total` is what the weights, none of which is below nothing, come to.
    fn split_by(self, weights: impl ExactSizeIterator<Item = i128>, total: i128) -> Vec<Self> {
        let count = weights.len();
        if count == 0 {
            return Vec::new();
        }
        let size = i128::from(self.0.unsigned_abs());
        let sign = if self.0 < 0 { -1 } else { 1 };
        let (mut parts, mut rests) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut left = size;
        for (at, weight) in weights.enumerate() {
            let (part, rest) = divided(size * weight, total);
            left -= part;
            parts.push(Self(sign * i64::try_from(part).unwrap_or(i64::MAX)));
            if rest > 0 {
                rests.push((Reverse(rest), at));
            }
        }
        if left > 0 {
            // What is left is the sum of the remainders, each of which is less than a whole: more parts have one.
            let most = usize::try_from(left).expect("less is left than there are parts");
            // By remainder downwards, then by place; in which order these get theirs does not matter.
            rests.select_nth_unstable(most - 1);
            for (_, at) in rests.into_iter().take(most) {
                parts[at].0 += sign;
            }
        }
        parts
    }
}

/// How often a number is in another that is not below nothing, and what remains. Most are small enough for one division
/// by the machine.
fn divided(product: i128, by: i128) -> (i128, i128) {
    if let (Ok(product), Ok(by)) = (u64::try_from(product), u64::try_from(by)) {
        (i128::from(product / by), i128::from(product % by))
    } else {
        (product / by, product % by)
    }
}
