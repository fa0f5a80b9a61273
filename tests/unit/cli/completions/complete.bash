#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# complete.bash FILE LINE...: for each line "> LINE" and what bash would complete it with. A line
# is split as readline does, at blanks and at "=".
set -uo pipefail

# shellcheck source=/dev/null
. "$1"
shift
set -f
for line in "$@"; do
  echo "> $line"
  # shellcheck disable=SC2206
  COMP_WORDS=(${line//=/ = })
  if [ "${line% }" != "$line" ]; then COMP_WORDS+=(''); fi
  # Read by the function.
  # shellcheck disable=SC2034
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  set +f
  _biomcp_auth
  set -f
  printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"}
done
