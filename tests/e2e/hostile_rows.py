# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What hostile peers send, and exactly what they get: (name, bytes, statuses).

HOST stands for our address. Every list of statuses is complete: all answers that come on
the connection until it closes. Where a request is well formed it asks to close.
"""

import itertools

MAX_BODY_BYTES = 4194304
SMUGGLED = "GET /healthz HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


def get(path="/healthz", fields="", first=None, host="Host: HOST\r\n"):
    return f"{first or f'GET {path} HTTP/1.1'}\r\n{host}Connection: close\r\n{fields}\r\n"


def post(fields, body="", path="/token", version="1.1"):
    return (f"POST {path} HTTP/{version}\r\nHost: HOST\r\n{FORM}Connection: close\r\n"
            f"{fields}\r\n{body}")


def row(name, text, *statuses):
    return name, text.encode("latin-1"), list(statuses)


def lengths():
    """Each body is a request that must not be taken for one."""
    size = len(SMUGGLED)
    yield row("two equal lengths",
              post(f"Content-Length: {size}\r\nContent-Length: {size}\r\n", SMUGGLED), 400)
    yield row("two lengths",
              post(f"Content-Length: 0\r\nContent-Length: {size}\r\n", SMUGGLED), 400)
    for value in ("5, 5", "+5", "-1", "0x5", "05", "00", "5 5", "", "1e3", "5;", "\x0b5", "5.0",
                  "\xb2", "five"):
        yield row(f"length {value!r}", post(f"Content-Length: {value}\r\n", SMUGGLED), 400)
    for value in (str(MAX_BODY_BYTES + 1), "4294967296", "18446744073709551616",
                  "9223372036854775808", "9" * 40):
        yield row(f"length {value}", post(f"Content-Length: {value}\r\n", SMUGGLED), 413)
    yield row("length with a space before the colon",
              post(f"Content-Length : {size}\r\n", SMUGGLED), 400)
    yield row("a body that looks like a request",
              post(f"Content-Length: {size}\r\n", SMUGGLED), 400)
    yield row("no length at all", post("", SMUGGLED), 400)
    yield row("GET with a body", get(fields=f"Content-Length: {size}\r\n") + SMUGGLED, 200)
    yield row("underscore instead of a dash",
              post(f"Content_Length: 0\r\nContent-Length: {size}\r\n", SMUGGLED), 400)


def codings():
    both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
    yield row("length and chunks", post(both, "0\r\n\r\n" + SMUGGLED), 400)
    yield row("chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                                        "0\r\n\r\n" + SMUGGLED), 400)
    yield row("two codings", post("Transfer-Encoding: chunked\r\n" * 2, "0\r\n\r\n"), 400)
    yield row("two different codings", post("Transfer-Encoding: identity\r\n"
                                            "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), 501)
    for value in ("gzip, chunked", "chunked, chunked", "chunked, identity", "identity", "xchunked",
                  "chunked;q=1", '"chunked"', "", "chunked,"):
        yield row(f"coding {value!r}", post(f"Transfer-Encoding: {value}\r\n",
                                            "0\r\n\r\n" + SMUGGLED), 501)
    for value in ("\x0bchunked", "chunked\x00", "chunked\x0c", "chunked\x7f", "\xa0chunked"):
        yield row(f"coding {value!r}", post(f"Transfer-Encoding: {value}\r\n",
                                            "0\r\n\r\n" + SMUGGLED), 400)
    for field in ("Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked",
                  " Transfer-Encoding: chunked", "Transfer-Encoding\x00: chunked",
                  "Transfer-Encoding\xad: chunked", "X: y\nTransfer-Encoding: chunked",
                  "X: y\rTransfer-Encoding: chunked", "Transfer-Encoding:\n\tchunked"):
        yield row(repr(field), post(field + "\r\n", "0\r\n\r\n" + SMUGGLED), 400)
    yield row("a folded coding", post("Transfer-Encoding:\r\n chunked\r\n"), 501)
    yield row("chunks in HTTP/1.0",
              post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", version="1.0"), 400)
    yield row("an underscore is another field", post("Transfer_Encoding: chunked\r\n"
                                                     "Content-Length: 5\r\n", "0\r\n\r\n"), 400)


def chunks():
    yield row("chunked GET", get(fields="Transfer-Encoding: chunked\r\n")
              + "3\r\nabc\r\n0\r\n\r\n" + SMUGGLED, 200)
    yield row("CHUNKED", get(fields="TRANSFER-ENCODING: CHUNKED\r\n") + "0\r\n\r\n", 200)
    for body in ("3;x=y\r\nabc\r\n0\r\n\r\n", "3;\r\nabc\r\n0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n",
                 " 3\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n",
                 "+3\r\nabc\r\n0\r\n\r\n", "\r\nabc\r\n0\r\n\r\n", "000000003\r\nabc\r\n0\r\n\r\n",
                 "3\nabc\n0\n\n", "3\rabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n",
                 "3\r\nabc0\r\n\r\n", "3\r\nabc\n0\r\n\r\n", "0\r\nX: y\r\n\r\n",
                 "0\r\nContent-Length: 9\r\n\r\n", "0\r\n\n", "0\n\r\n", "g\r\n",
                 "100000000000000003\r\nabc\r\n0\r\n\r\n", "3\x00\r\nabc\r\n0\r\n\r\n"):
        yield row(f"chunks {body!r}",
                  post("Transfer-Encoding: chunked\r\n", body + SMUGGLED, path="/mcp"), 400)
    for size in ("FFFFFFFF", f"{MAX_BODY_BYTES + 1:X}", "7fffffff"):
        yield row(f"chunk of {size}", post("Transfer-Encoding: chunked\r\n", size + "\r\n"), 413)
    part = f"{MAX_BODY_BYTES:x}\r\n" + "a" * MAX_BODY_BYTES + "\r\n"
    yield row("chunks that are too much together",
              post("Transfer-Encoding: chunked\r\n", part + "1\r\n"), 413)


def hosts():
    for host in ("", "Host: HOST\r\nHost: HOST\r\n", "Host: HOST\r\nHost: evil.example\r\n",
                 "Host:\r\n", "Host: HOST, HOST\r\n", "Host: evil.example@HOST\r\n",
                 "Host: HOST/x\r\n", "Host: HOST#\r\n", "Host: HOST?\r\n", "Host: HOST\\\r\n",
                 "Host: http://HOST\r\n", "Host: HOST:\r\n", "Host: [::1\r\n", "Host: ::1\r\n",
                 "Host: HO%53T\r\n", "Host: \xfcber\r\n", "Host:\r\n HOST\r\n", " Host: HOST\r\n",
                 "Host : HOST\r\n", "Host: 0HOST0000\r\n", "Host: HOST\x00\r\n",
                 f"Host: {'a' * 256}\r\n"):
        yield row(f"{host[:60]!r}", get(host=host), 400)
    for host in ("evil.example", "evil.example:PORT", "127.0.0.1", "127.0.0.1:1",
                 "127.1:PORT", "0x7f.0.0.1:PORT", "2130706433:PORT", "localhost", "localhost.:PORT",
                 "127.0.0.1.:PORT", "127.0.0.1.evil.example:PORT", "[::ffff:127.0.0.1]:PORT",
                 "0.0.0.0:PORT"):
        for path in ("/healthz", "/mcp", "/.well-known/oauth-authorization-server"):
            yield row(f"Host {host} {path}", get(path, host=f"Host: {host}\r\n"), 421)
    yield row("the other name", get(host="Host: LocalHost:PORT\r\n"), 200)
    yield row("forwarded for another host",
              get(fields="X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n"), 200)
    for target in ("http://HOST/healthz", "http://evil.example/healthz", "//evil.example/healthz",
                   "HOST/healthz", "HOST", "file:///etc/passwd"):
        yield row(f"target {target}", get(target), 400)


def fields():
    for field in ("X: a\r\n b", "X: a\r\n\tb", "X y: z", "X\x00: y", ": y", "no colon", "X: a\x00b",
                  "X: a\x01b", "X: a\x7fb", "X: \xe9", "X\xe9: a", "X: a\rb", "X: a\nb", "(x): y",
                  "X: a\x08b", "X: a\x1bb"):
        yield row(f"field {field!r}", get(fields=field + "\r\n"), 400)
    for name in ("Authorization", "Content-Type", "Content-Encoding", "Origin", "Range", "Expect",
                 "Upgrade", "Mcp-Session-Id", "Last-Event-ID", "Sec-Fetch-Site"):
        yield row(f"two of {name}", get("/mcp", f"{name}: 100-continue\r\n" * 2), 400)
    yield row("two that differ by case", get("/mcp", "ORIGIN: a\r\norigin: b\r\n"), 400)
    yield row("cookies of others", get(fields="Cookie: a=\xe9\r\nCookie: b={\r\n"), 200)
    yield row("too many fields", get(fields="X: y\r\n" * 99), 431)
    yield row("many fields", get(fields="X: y\r\n" * 98), 200)
    yield row("huge field", get(fields=f"X: {'y' * 17000}\r\n"), 431)
    yield row("endless fields", get(fields="X: y\r\n" * 200000), 431)
    yield row("huge target", get("/" + "x" * 8192), 414)
    yield row("long target", get("/" + "x" * 8191), 404)
    yield row("endless target", "GET /" + "x" * 1000000, 414)
    yield row("huge body", post(f"Content-Length: {MAX_BODY_BYTES + 1}\r\n",
                                "x" * (MAX_BODY_BYTES + 1)), 413)
    yield row("large form", post(f"Content-Length: {MAX_BODY_BYTES}\r\n",
                                 "x" * MAX_BODY_BYTES), 400)
    for value in ("bytes=0-0", "bytes=0-0,1-1", "bytes=-1", "bytes=9-0", "bytes=0-" + ",0-" * 500):
        yield row(f"range {value[:20]}", get("/style.css", f"Range: {value}\r\n"), 200)
    yield row("other expectation", post("Expect: more\r\nContent-Length: 1\r\n", "x"), 417)
    yield row("expectation", post("Expect: 100-continue\r\nContent-Length: 1\r\n"), 100, 408)
    yield row("upgrade", get(fields="Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), 200)
    yield row("upgrade of /mcp", get("/mcp", "Upgrade: websocket\r\n"
                                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), 401)
    yield row("foreign origin", get("/mcp", "Origin: https://evil.example\r\n"), 403)
    yield row("origin null", post("Origin: null\r\nContent-Length: 1\r\n", "x"), 403)


def lines():
    whole = get()
    yield row("line feeds alone", whole.replace("\r\n", "\n"), 400)
    yield row("one line feed alone", whole.replace("\r\n", "\n", 1), 400)
    yield row("empty line without CR", whole[:-2] + "\n" + SMUGGLED, 400)
    yield row("carriage returns alone", whole.replace("\r\n", "\r"), 400)
    yield row("CR CR LF", whole.replace("\r\n", "\r\r\n", 1), 400)
    yield row("one empty line before", "\r\n" + whole, 200)
    yield row("two empty lines before", "\r\n\r\n" + whole, 400)
    yield row("LF before", "\n" + whole, 400)
    yield row("NUL before", "\x00" + whole, 400)
    yield row("NUL within", whole.replace("healthz", "health\x00z"), 400)
    yield row("space before", " " + whole, 400)
    yield row("TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400)
    yield row("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 501)


def first_lines():
    for line in ("GET /healthz", "GET  /healthz HTTP/1.1", "GET /healthz  HTTP/1.1",
                 "GET /healthz HTTP/1.1 ", "GET\t/healthz HTTP/1.1", "GET /healthz http/1.1",
                 "GET /healthz HTTP/01.1", "GET /healthz HTTP/1.10", "GET /healthz HTTP/1",
                 "GET /healthz HTTP/1.1 GET /mcp HTTP/1.1", "GET /healthz XTTP/1.1", "/healthz",
                 "GE\x00T /healthz HTTP/1.1", "G@T /healthz HTTP/1.1", "GET * HTTP/1.1",
                 "GET  HTTP/1.1", "GET healthz HTTP/1.1"):
        yield row(repr(line), get(first=line), 400)
    for version in ("1.2", "2.0", "0.9", "3.0"):
        yield row(f"HTTP/{version}", get(first=f"GET /healthz HTTP/{version}"), 505)
    yield row("HTTP/1.0", get(first="GET /healthz HTTP/1.0"), 200)
    for method in ("get", "Get", "TRACE", "CONNECT", "PROPFIND", "GETT", "G", "X" * 2000):
        yield row(f"method {method[:20]}", get(first=f"{method} /healthz HTTP/1.1"), 501)
    for method, path in (("DELETE", "/token"), ("GET", "/token"), ("PUT", "/mcp"),
                         ("PATCH", "/mcp"), ("POST", "/healthz"), ("GET", "/consent"),
                         ("GET", "/sign-in"), ("HEAD", "/sign-in"),
                         ("POST", "/callback"), ("HEAD", "/callback"), ("OPTIONS", "/consent")):
        yield row(f"{method} {path}", get(first=f"{method} {path} HTTP/1.1"), 405)
    yield row("method override", get(fields="X-HTTP-Method-Override: DELETE\r\n"), 200)


def paths():
    # Escaped letters are the letters (RFC 3986, section 6.2.2.2): as guarded as these.
    yield row("/%74oken", get("/%74oken"), 405)
    yield row("/%6dcp", get("/%6dcp"), 401)
    for path in ("/mcp%2f", "/mcp/", "/MCP", "/mcp%20", "/mcp;x", "/mcp%3f",
                 "/mcp//", "/token/", "/mcp%c0%af", "/mcp%ff", "/x//mcp",
                 "/.well-known", "/mcp.", "/...", "/mcp/.well-known/jwks.json",
                 "/healthz%2f..%2fmcp", "/.well-known%2fjwks.json"):
        yield row(path, get(path), 404)
    for path in ("//mcp", "/./mcp", "/../mcp", "/x/../mcp", "/%2e/mcp", "/%2E%2e/mcp", "/mcp/..",
                 "/mcp/.", "/mcp%00", "/mcp%0d%0aX:y", "/mcp%7f", "/mcp%", "/mcp%2", "/mcp%zz",
                 "/mcp\\", "/mcp#x", "/mcp\xe9", "/<mcp>", '/"mcp"', "/mcp?%00", "/mcp?a#b", "mcp"):
        yield row(path, get(path), 400)
    for path in ("/mcp", "/mcp?", "/mcp?/../x", "/mcp?token=x", "/mcp?access_token=x"):
        yield row(path, get(path), 401)
    for status, value in ((401, "Bearer x"), (401, "bearer x"), (401, "Basic eDp5"), (401, "x"),
                          (401, "Bearer  x"), (401, "Bearer a.b.c"), (400, "Bearer"),
                          (401, "Bearer eyJhbGciOiJub25lIn0.e30."), (400, "Bearer x, y"),
                          (400, "Bearer " + "x" * 9000)):
        yield row(f"Authorization: {value[:40]}", get("/mcp", f"Authorization: {value}\r\n"),
                  status)


def pipelines():
    kept = "GET /healthz HTTP/1.1\r\nHost: HOST\r\n\r\n"
    yield row("two requests", kept + get(), 200, 200)
    yield row("a hundred requests", kept * 99 + get(), *[200] * 100)
    yield row("a good and a bad one", kept + get("//mcp") + SMUGGLED, 200, 400)
    yield row("a bad and a good one", get("//mcp") + SMUGGLED, 400)
    yield row("one after the last", get() + SMUGGLED, 200)
    yield row("one after HTTP/1.0", get(first="GET /healthz HTTP/1.0") + SMUGGLED, 200)
    yield row("one after /mcp", "POST /mcp HTTP/1.1\r\nHost: HOST\r\nContent-Length: 2\r\n\r\n{}"
              + get(), 401, 200)
    yield row("one after a wrong host",
              "GET /mcp HTTP/1.1\r\nHost: evil.example\r\n\r\n" + get(), 421, 200)
    yield row("one in a body", post("Content-Length: 5\r\n", "a=b&c" + SMUGGLED), 400)


def all_rows(host):
    port = host.rpartition(":")[2].encode()
    groups = (lengths, codings, chunks, hosts, fields, lines, first_lines, paths, pipelines)
    for name, data, statuses in itertools.chain.from_iterable(group() for group in groups):
        yield name, data.replace(b"HOST", host.encode()).replace(b"PORT", port), statuses
