# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The redirect URLs of a project and how a given URL is matched with them."""

import urllib.parse

TYPES = ("login", "signup")
PLACEHOLDER = "{}"


class RedirectUrl:
    """One registered URL; a query value that is `{}` stands for any value but none."""

    def __init__(self, text):
        parts = parse(text)
        if parts is None:
            raise ValueError(f"not an absolute URL without fragment: {text}")
        pairs = query_pairs(parts)
        outside = PLACEHOLDER in urllib.parse.urlunsplit(parts._replace(query=""))
        if outside or any(PLACEHOLDER in name for name, _ in pairs):
            raise ValueError(f"the placeholder may only be the value of a parameter: {text}")
        if any(PLACEHOLDER in value and value != PLACEHOLDER for _, value in pairs):
            raise ValueError(f"the placeholder must be the whole value: {text}")
        self.text = text
        self._place = place(parts)
        self._pairs = pairs

    @property
    def has_placeholder(self):
        return any(value == PLACEHOLDER for _, value in self._pairs)

    def matches(self, parts):
        """Whether the parsed URL is this one: scheme, host, port, path and query."""
        pairs = query_pairs(parts)
        if place(parts) != self._place or len(pairs) != len(self._pairs):
            return False
        return all(
            name == own_name and (value == own if own != PLACEHOLDER else value != "")
            for (own_name, own), (name, value) in zip(self._pairs, pairs))


class RedirectUrls:
    """What is registered, for each type by itself; the first without `{}` is the default."""

    def __init__(self, registered):
        self._by_type = {kind: [] for kind in TYPES}
        for kind, text in registered:
            self.add(kind, text)

    def add(self, kind, text):
        if kind not in self._by_type:
            raise ValueError(f"the type must be one of {', '.join(TYPES)}: {kind}")
        self._by_type[kind].append(RedirectUrl(text))

    def all(self, kind):
        return [url.text for url in self._by_type[kind]]

    def default(self, kind):
        """The default of this type or None: one with a placeholder cannot be it."""
        plain = (url.text for url in self._by_type[kind] if not url.has_placeholder)
        return next(plain, None)

    def has_match(self, kind, text):
        parts = parse(text)
        return parts is not None and any(url.matches(parts) for url in self._by_type[kind])


def parse(text):
    """The parts of an absolute URL; None if it is not one or has a fragment."""
    try:
        parts = urllib.parse.urlsplit(text)
        usable = parts.scheme and "#" not in text and parts.port != 0
    except ValueError:
        return None
    if parts.scheme in ("http", "https") and not parts.hostname:
        return None
    return parts if usable else None


def place(parts):
    """Everything before the query; `www.` is the same as the bare host, a port is not."""
    host = (parts.hostname or "").removeprefix("www.")
    return (parts.scheme, parts.username, parts.password, host, parts.port, parts.path)


def query_pairs(parts):
    return urllib.parse.parse_qsl(parts.query, keep_blank_values=True)


def with_parameters(text, pairs):
    """The URL with the parameters added after its own query, which stays as it is."""
    parts = urllib.parse.urlsplit(text)
    added = urllib.parse.urlencode(pairs)
    query = f"{parts.query}&{added}" if parts.query else added
    return urllib.parse.urlunsplit(parts._replace(query=query))
