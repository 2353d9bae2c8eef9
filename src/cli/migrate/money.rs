//! Amounts that were numbers with a fraction, as whole minor units of their currency.

/// Currencies of ISO 4217 without minor units.
const WHOLE: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XPF",
];
/// Those whose unit has a thousand.
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// The amount in minor units; `None` where it is less than nothing or more than can be held.
pub fn minor_units(amount: f64, currency: &str) -> Option<i64> {
    let units = match currency {
        whole if WHOLE.contains(&whole) => 1.0,
        fine if THOUSANDTHS.contains(&fine) => 1_000.0,
        _ => 100.0,
    };
    let minor = (amount * units).round();
    (0.0..9e15).contains(&minor).then_some(minor as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_the_minor_units_of_its_currency() {
        for (amount, currency, minor) in [
            (19.99, "EUR", Some(1_999)),
            (1_000.0, "JPY", Some(1_000)),
            (1.5, "KWD", Some(1_500)),
            (0.0, "USD", Some(0)),
            (-1.0, "USD", None),
            (1e300, "USD", None),
        ] {
            assert_eq!(minor_units(amount, currency), minor, "{amount} {currency}");
        }
    }
}
