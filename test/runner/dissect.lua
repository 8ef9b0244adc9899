-- SPDX-License-Identifier: Apache-2.0
-- Runs a generated dissector without Wireshark: lua dissect.lua DISSECTOR.lua HEX...
-- Gives it as much of Wireshark's API as it uses, and prints what it adds to the tree, a line an item, and an empty
-- line behind each message. A message's bytes may be looked at within its bounds only.
local function range(bytes, at, n)
  local r = {}
  if at < 0 or n < 0 or at + n > #bytes then error("outside the message: " .. at .. " " .. n) end
  function r:len() return n end
  function r:uint()
    if n > 4 then error("uint of " .. n .. " bytes") end
    local v = 0
    for i = 1, n do v = v * 256 + bytes:byte(at + i) end
    return v
  end
  function r:uint64()
    local v = 0
    for i = 1, n do v = v * 256 + bytes:byte(at + i) end
    return string.format("%u", v)
  end
  function r:string() return bytes:sub(at + 1, at + n) end
  function r:bytes()
    return { tohex = function() return (bytes:sub(at + 1, at + n):gsub(".", function(c) return string.format("%02X", c:byte()) end)) end }
  end
  return setmetatable(r, { __call = function(_, from, count) return range(bytes, at + (from or 0), count or n - (from or 0)) end })
end

local registered = 0
Proto = function(name, text) return { name = name, text = text, fields = {} } end
ProtoField = { string = function(filter, name) return { filter = filter, name = name } end }
PI_MALFORMED, PI_ERROR = "malformed", "error"
DissectorTable = { get = function(name)
  return { add_for_decode_as = function(_, proto)
    assert(type(proto.dissector) == "function" and #proto.fields > 0, "a protocol without dissector or fields")
    registered, dissected = registered + 1, proto
  end }
end }
local function tree()
  local t = {}
  function t:add(field, _, value)
    if field.filter then print(field.filter .. " " .. tostring(value)) end
    return tree()
  end
  function t:add_expert_info(kind, severity, text) print(kind .. " " .. severity .. " " .. text) end
  return t
end

dofile(arg[1])
assert(registered > 0, "nothing was registered")
for i = 2, #arg do
  local bytes = arg[i]:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)
  dissected.dissector(range(bytes, 0, #bytes), { cols = {} }, tree())
  print()
end
