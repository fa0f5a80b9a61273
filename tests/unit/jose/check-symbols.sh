#!/bin/sh
# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-symbols.sh BINARY...: fails when our own code calls json_object_iter_*. jansson and
# json-glib both export json_object_iter_next; each library binds its own calls to itself,
# but ours would reach whichever was linked first.
set -eu

for binary in "$@"; do
  symbols=$(nm --undefined-only "$binary" 2>/dev/null) || { echo "cannot read $binary"; exit 1; }
  if printf '%s\n' "$symbols" | grep 'json_object_iter_'; then
    echo "$binary calls json_object_iter_*: bind it to one library or iterate otherwise"
    exit 1
  fi
done
