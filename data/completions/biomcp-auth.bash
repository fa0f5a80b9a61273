# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Completion of biomcp-auth for bash; needs nothing but bash.

# Prints what can follow "biomcp-auth VERB [WORD]".
_biomcp_auth_words() {
  case $1 in
    clients)
      if [ "$2" = add ]; then
        echo --name --scope --redirect-uri --grant-type --auth-method --jwks --resource-server --json
      else
        echo list add remove --json
      fi
      ;;
    configure)
      echo claude-desktop claude-code vscode vscode-flatpak vscode-insiders vscodium \
        vscodium-flatpak cursor zed zed-flatpak codex gemini \
        --list --name --http --stdio --url --project --replace --undo --dry-run --yes --json
      ;;
    connect) ;;
    doctor | monitor | sign-in | sign-out | status) echo --json ;;
    grants) echo list revoke --all --json ;;
    import) echo --from-environment --env --yes --json ;;
    keys) echo list rotate --now --json ;;
    run) echo --scope --resource --min-valid-s --no-interaction --token-fd --header-fd ;;
    setup) echo stytch oidc --yes --json ;;
    token)
      echo --scope --resource --min-valid-s --no-interaction --header --header-json --json
      ;;
    *) return 1 ;;
  esac
  echo --help
}

_biomcp_auth() {
  local verbs="status token run sign-in sign-out grants clients configure connect import keys
    setup doctor monitor help"
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words i

  COMPREPLY=()
  # Readline takes the sign between an option and its value for a word.
  if [ "$current" = = ]; then
    current=
  elif [ "$before" = = ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$verbs --help --version" -- "$current")
    if [[ $current != -* ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$current")
    fi
    return
  fi
  if [ "${COMP_WORDS[1]}" = help ]; then
    if [ "$COMP_CWORD" -eq 2 ]; then
      mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$current")
    fi
    return
  fi
  if [ "${COMP_WORDS[1]}" = run ]; then
    for ((i = 2; i < COMP_CWORD; i++)); do
      if [ "${COMP_WORDS[i]}" != -- ]; then continue; fi
      if declare -F _command_offset >/dev/null; then
        _command_offset $((i + 1))
      elif [ $((i + 1)) -eq "$COMP_CWORD" ]; then
        mapfile -t COMPREPLY < <(compgen -c -- "$current")
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
      fi
      return
    done
  fi
  case ${COMP_WORDS[1]}:$before in
    clients:--jwks) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    clients:--auth-method)
      mapfile -t COMPREPLY < <(compgen -W "none client_secret_basic client_secret_post
        private_key_jwt" -- "$current") && return
      ;;
    clients:--grant-type)
      mapfile -t COMPREPLY < <(compgen -W "authorization_code refresh_token client_credentials" \
        -- "$current") && return
      ;;
    configure:--project | configure:-p)
      mapfile -t COMPREPLY < <(compgen -d -- "$current") && return
      ;;
    *:--scope | *:--resource | *:--min-valid-s | *:--token-fd | *:--header-fd | clients:--name | \
      clients:--redirect-uri | configure:--name | configure:-n | configure:--url | \
      import:--env | import:-e)
      return
      ;;
  esac
  words=$(_biomcp_auth_words "${COMP_WORDS[1]}" "${COMP_WORDS[2]}") || return 0
  if [[ $current != -* ]]; then
    words=$(tr ' ' '\n' <<<"$words" | grep -v '^-')
    # What is known stands behind the verb; an id or a file follows.
    if [ "$COMP_CWORD" -gt 2 ] && [[ ${COMP_WORDS[COMP_CWORD - 1]} != -* ]]; then words=; fi
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [ "${COMP_WORDS[1]}" = import ] && [[ $current != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

complete -F _biomcp_auth biomcp-auth
