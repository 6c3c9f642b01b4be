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
        let (mut parts, mut rests) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut left = size;
        for (at, weight) in weights.enumerate() {
            let (part, rest) = divided(size * weight, total);
            left -= part;
            parts.push(part);
            rests.push((Reverse(rest), at));
        }
        if left > 0 {
            // By remainder downwards, then by place.
            rests.sort_unstable();
            let most = usize::try_from(left).expect("less is left than there are parts");
            for (_, at) in rests.into_iter().take(most) {
                parts[at] += 1;
            }
        }
        let sign = if self.0 < 0 { -1 } else { 1 };
        parts.into_iter().map(|part| Self(sign * i64::try_from(part).unwrap_or(i64::MAX))).collect()
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
