-- SPDX-License-Identifier: MIT
-- Same work as every other peer: verify the token, ask all sources at once by the source contract,
-- keep the items whose primary party the citizen is, merge, one status per source.
local cjson = require "cjson"
local pkey = require "openssl.pkey"
local digest = require "openssl.digest"

local M = {}
local file = assert(io.open(KEYFILE))
local key = pkey.new(file:read("*a"))
file:close()

local MODELS = {
    "BorgervendtSag", "BorgervendtOekonomiskYdelse", "BorgervendtGaeldogBetaling",
    "BorgervendtOekonomiskYdelse", "BorgervendtAkkreditiv", "BorgervendtAftaleFrister",
}
local cache = {}

local function b64url(text)
    text = text:gsub("-", "+"):gsub("_", "/")
    local pad = #text % 4
    if pad > 0 then text = text .. string.rep("=", 4 - pad) end
    return ngx.decode_base64(text)
end

local function verify(authorization)
    local token = authorization and authorization:match("^Bearer (.+)$")
    if not token then return nil end
    if JWT_CACHE then
        local known = cache[token]
        if known and known.exp > ngx.time() then return known end
    end
    local head, body, signature = token:match("^([^.]+)%.([^.]+)%.([^.]+)$")
    if not head then return nil end
    local is_json, header = pcall(cjson.decode, b64url(head))
    if not is_json or header.alg ~= "RS256" then return nil end
    local sha256 = digest.new("sha256"):update(head .. "." .. body)
    if not key:verify(b64url(signature), sha256) then return nil end
    local has_claims, claims = pcall(cjson.decode, b64url(body))
    if not has_claims or claims.iss ~= ISSUER or claims.aud ~= AUDIENCE
        or claims.exp <= ngx.time() or not claims["dk.cpr"] then return nil end
    if JWT_CACHE then cache[token] = claims end
    return claims
end

local function is_shown(item, cpr)
    local parties = item.parter
    if not parties then return true end
    for i = 1, #parties do
        if parties[i]["CPR-nr"] == cpr and parties[i].rolle == "Primaer" then return true end
    end
    return false
end

local function take(out, list, tag, cpr)
    for i = 1, #list do
        local item = list[i]
        if is_shown(item, cpr) then
            item.parter = nil
            item.itSystemID = nil
            item.source = tag
            out[#out + 1] = item
        end
    end
end

function M.run()
    local claims = verify(ngx.req.get_headers()["authorization"])
    if not claims then return ngx.exit(401) end
    local cpr = claims["dk.cpr"]
    local question = {
        method = ngx.HTTP_POST,
        body = '{"CPR-nr":"' .. cpr .. '","myndighedsliste":[],"sidestoerrelse":100}',
    }
    local requests = {}
    for i = 1, NSRC do requests[i] = { "/up/" .. i - 1, question } end
    local answers = { ngx.location.capture_multi(requests) }
    local items, sources = {}, {}
    for i = 1, NSRC do
        local answer, tag, status = answers[i], "s" .. (i - 1), "ok"
        if answer.status == 504 then
            status = "timeout"
        elseif answer.status ~= 200 or answer.truncated then
            status = "error"
        else
            local is_json, envelope = pcall(cjson.decode, answer.body)
            if not is_json then
                status = "error"
            elseif envelope["CPR-nr"] ~= cpr then
                status = "foreign"
            else
                take(items, envelope[MODELS[(i - 1) % 6 + 1]], tag, cpr)
            end
        end
        sources[i] = { id = tag, status = status }
    end
    local body = cjson.encode({ items = items, sources = sources })
    ngx.header["Content-Type"] = "application/json"
    ngx.header["Cache-Control"] = "no-store"
    ngx.header["Content-Length"] = #body
    ngx.print(body)
end
return M
