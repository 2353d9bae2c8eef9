//! How tries stand in Redis, the text `count until` in a key of their own, and the scripts that change it: the arithmetic of
//! `model::Tries` in one step. Times are milliseconds of the clocks of those who try, which are taken for one.

use std::time::Duration;

use redis::Value;

use crate::cache::CacheError;

/// One try more. KEYS: of what. ARGV: the time now, the free tries, the first pause, the longest, the memory.
/// Answers 0, or how long to wait.
pub(super) const TAKE: &str = r"
local now, free = tonumber(ARGV[1]), tonumber(ARGV[2])
local first, longest, memory = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local count, until_ = 0, 0
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'string' then
  local counted, ends = string.match(held, '^(%d+) (%d+)$')
  count, until_ = tonumber(counted) or 0, tonumber(ends) or 0
end
if until_ > now then
  return math.min(until_ - now, longest)
end
count = count + 1
local pause = 0
if count >= free then
  pause = math.min(first * 2 ^ (count - free), longest)
end
redis.call('SET', KEYS[1], string.format('%.0f %.0f', count, now + pause), 'PX', string.format('%.0f', pause + memory))
return 0";

/// As if the last try had not been. KEYS: of what.
pub(super) const GIVE_BACK: &str = r"
local held = redis.pcall('GET', KEYS[1])
local count = type(held) == 'string' and tonumber(string.match(held, '^(%d+) %d+$')) or 0
if count > 0 then
  redis.call('SET', KEYS[1], string.format('%.0f 0', count - 1), 'KEEPTTL')
end
return 0";

/// What a try came to.
pub(super) fn taken(answer: &Value) -> Result<Result<(), Duration>, CacheError> {
    match answer {
        Value::Int(0) => Ok(Ok(())),
        Value::Int(left) => Ok(Err(Duration::from_millis(u64::try_from(*left).unwrap_or_default()))),
        Value::ServerError(error) => Err(CacheError::Unavailable(error.to_string())),
        _ => Err(CacheError::Unavailable("the server answers something else".into())),
    }
}
