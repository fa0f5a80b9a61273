# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The page of the fake provider, where a person or a browser test decides."""

import html
import urllib.parse

STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }
button, input { font: inherit; padding: .4rem .8rem; margin: .2rem 0; }
.people a { margin-right: 1rem; }
"""


def page(title, content):
    return (
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{html.escape(title)}</h1>\n{content}\n</body></html>\n")


def provider_page(provider_name, flow_state, parameters, person, people):
    """Asks who signs in and whether; works without JavaScript."""
    links = " ".join(
        f'<a id="user-{html.escape(name)}" href="?{link_query(parameters, name)}">'
        f"{html.escape(name)}</a>" for name in people)
    scope = html.escape(parameters.get("scope", ""))
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in (("state", flow_state),
                            ("redirect_uri", parameters.get("redirect_uri", ""))))
    return page(f"Simulated {provider_name}", f"""
<p>The project asks for: <code id="scope">{scope}</code></p>
<p class="people">Somebody else? {links}</p>
<form id="provider" method="post" action="/sim/provider">{hidden}
<p><label for="user">Sign in as</label>
<input id="user" name="user" value="{html.escape(person)}" autocomplete="off"></p>
<p><label><input type="checkbox" id="hide-email" name="hide_email" value="1">
keep the e-mail address private</label></p>
<p><button id="approve-existing" name="action" value="approve-existing">Approve as a user
whom Stytch knows</button></p>
<p><button id="approve-new" name="action" value="approve-new">Approve as a new user</button></p>
<p><button id="refuse" name="action" value="refuse">Refuse</button></p>
</form>""")


def link_query(parameters, name):
    return html.escape(urllib.parse.urlencode({**parameters, "user": name}))
