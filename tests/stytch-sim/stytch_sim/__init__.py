# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Stytch simulator; needs python3-cryptography (Debian) for RS256."""
