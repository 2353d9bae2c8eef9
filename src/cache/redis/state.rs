//! How the state of a tag stands in Redis, a text in the tag's own key, and the scripts that change it:
//! `N token moment` for a version, `P id:deadline,... Mmoment` for marks, `P S id:…` where there were others beside them. Deadlines are milliseconds of the server's clock. The moment
//! is that of the last write that is done; it only ever grows, also where a write that was refused takes its mark off last.

use crate::cache::{TagState, Version};
use crate::model::Moment;

/// Adds the marks of other writes that stand to `marks`, and sets `done` to the moment that stands there, `mine` to whether the
/// own mark stands, and `shared` to 'S ' where there were others beside those that stand. Moments are compared as
/// texts: a number has fewer bits here.
macro_rules! held {
    () => {
        r"
local done, mine, shared = '0', false, ''
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'string' and string.sub(held, 1, 2) == 'P ' then
  done = string.match(held, ' M(%d+)$') or done
  if string.sub(held, 3, 4) == 'S ' then
    shared = 'S '
  end
  for id, deadline in string.gmatch(held, '(%x+):(%d+)') do
    if tonumber(deadline) > now then
      if id == ARGV[1] then
        mine = true
      else
        marks[#marks + 1] = id .. ':' .. deadline
        last = math.max(last, tonumber(deadline))
        shared = 'S '
      end
    end
  end
elseif type(held) == 'string' then
  done = string.match(held, '^N %x+ (%d+)$') or done
end
"
    };
}

/// Reads a state; the key of marks expires with the last of them, so marks that are there stand.
pub(super) fn parse(bytes: Option<&[u8]>) -> TagState {
    let Some(bytes) = bytes else {
        return TagState::Absent;
    };
    match bytes.split_first() {
        Some((b'P', rest)) => TagState::Marked(done(rest)),
        Some((b'N', rest)) => current(rest).unwrap_or(TagState::Foreign),
        _ => TagState::Foreign,
    }
}

fn current(rest: &[u8]) -> Option<TagState> {
    // Byte by byte: a large answer asks for hundreds of these.
    let (token, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<16>()?;
    let token = number(token, 16)?;
    let moment = number(rest.strip_prefix(b" ")?, 10)?;
    Some(TagState::Current(Version::from_token(token), Moment(moment)))
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    let next = |number: u64, digit: &u8| {
        let digit = char::from(*digit).to_digit(radix)?;
        number.checked_mul(radix.into())?.checked_add(digit.into())
    };
    digits.first()?;
    digits.iter().try_fold(0, next)
}

/// The moment behind marks.
fn done(rest: &[u8]) -> Moment {
    let text = std::str::from_utf8(rest).unwrap_or_default();
    let moment = text.rsplit_once(" M").and_then(|(_, moment)| moment.parse().ok());
    moment.map_or(Moment::NONE, Moment)
}

/// A version as it stands there, but for its moment.
pub(super) fn untimed(version: Version) -> String {
    format!("N {:016x} ", version.token())
}

/// A version as it stands there.
pub(super) fn text(version: Version, moment: Moment) -> String {
    format!("{}{}", untimed(version), moment.0)
}

/// The id of a write as it stands there.
pub(super) fn mark_id(mark: u64) -> String {
    format!("{mark:016x}")
}

/// Adds a mark, or prolongs it. KEYS: the tag. ARGV: the write's id, milliseconds to live.
/// Marks that have run out are left out; the key lives as long as the last mark.
pub(super) const MARK: &str = concat!(
    r"
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = now + ARGV[2]
local marks = {ARGV[1] .. ':' .. string.format('%.0f', last)}
",
    held!(),
    r"
redis.call('SET', KEYS[1], 'P ' .. shared .. table.concat(marks, ',') .. ' M' .. done, 'PX', string.format('%.0f', last - now))
return 1"
);

/// Takes a mark off. KEYS: the tag. ARGV: the write's id, the new version's text but for its moment, its milliseconds to live, its
/// moment. Where no mark of another write stands, the tag has the new version, of the latest moment that is known; its token is the
/// write's id where its mark stood alone all the while.
pub(super) const SETTLE: &str = concat!(
    r"
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local marks, last = {}, now
",
    held!(),
    r"
local own = ARGV[4]
if #own > #done or (#own == #done and own > done) then
  done = own
end
if #marks > 0 then
  redis.call('SET', KEYS[1], 'P S ' .. table.concat(marks, ',') .. ' M' .. done, 'PX', string.format('%.0f', last - now))
  return 0
end
local version = ARGV[2]
if mine and shared == '' then
  version = 'N ' .. ARGV[1] .. ' '
end
redis.call('SET', KEYS[1], version .. done, 'PX', ARGV[3])
return 1"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_back_and_what_is_foreign_is_told_apart() {
        let version = Version::fresh();
        let written = text(version, Moment(7));
        assert_eq!(parse(Some(written.as_bytes())), TagState::Current(version, Moment(7)));
        assert_eq!(parse(None), TagState::Absent);
        let marked = |text: &str| parse(Some(text.as_bytes()));
        assert_eq!(marked("P 1:2"), TagState::Marked(Moment::NONE));
        assert_eq!(
            marked("P 1:2,a:3 M18446744073709551615"),
            TagState::Marked(Moment(u64::MAX))
        );
        for foreign in [
            "",
            "N",
            "N x 1",
            "hello",
            "N 1",
            "N 0123456789abcdef ",
            "N 0123456789abcdef 1x",
        ] {
            assert_eq!(parse(Some(foreign.as_bytes())), TagState::Foreign, "{foreign:?}");
        }
    }
}
