//! Base62 of a fixed length: digits, capitals, small letters, most significant first. It needs no escaping anywhere, and a
//! double click selects all of it.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Whether `text` is made of base62 digits alone.
pub(super) fn is_base62(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The lowest `digits` base62 digits of the big-endian number `bytes`, padded with zeros.
///
/// Where the digits hold less than the bytes do, the result is the remainder: uniform entropy stays uniform to within the
/// share of bytes that were cut.
pub(super) fn encode(bytes: &[u8], digits: usize) -> String {
    let mut number = bytes.to_vec();
    let mut text: Vec<char> = (0..digits).map(|_| digit(divide_by_62(&mut number))).collect();
    text.reverse();
    text.into_iter().collect()
}

/// Divides the big-endian `number` in place and gives the remainder, below 62.
fn divide_by_62(number: &mut [u8]) -> u8 {
    let mut remainder = 0_u16;
    for byte in number {
        let dividend = (remainder << 8) | u16::from(*byte);
        *byte = low_byte(dividend / 62);
        remainder = dividend % 62;
    }
    low_byte(remainder)
}

const fn low_byte(number: u16) -> u8 {
    number.to_be_bytes()[1]
}

fn digit(value: u8) -> char {
    ALPHABET.get(usize::from(value)).map_or('0', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_padded() {
        assert_eq!(encode(&[0], 3), "000");
        assert_eq!(encode(&[61], 2), "0z");
        assert_eq!(encode(&[62], 2), "10");
        assert_eq!(encode(&[1, 0], 2), "48"); // 256 = 4 * 62 + 8
    }

    #[test]
    fn thirty_two_bytes_fit_in_forty_three_digits() {
        let mut largest = vec![0xff_u8; 32];
        for _ in 0..43 {
            divide_by_62(&mut largest);
        }
        assert_eq!(largest, vec![0; 32], "2^256 is below 62^43");
    }

    #[test]
    fn u128_agrees_with_plain_arithmetic() {
        let number = 0x0123_4567_89ab_cdef_0011_2233_4455_6677_u128;
        let mut rest = number;
        let mut expected = String::new();
        for _ in 0..22 {
            expected.insert(0, digit(u8::try_from(rest % 62).unwrap()));
            rest /= 62;
        }
        assert_eq!(encode(&number.to_be_bytes(), 22), expected);
    }
}
