# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later

# Whether one of these verbs is there.
function __biomcp_auth_is
    set -l words (commandline -opc)
    test (count $words) -gt 1; and contains -- $words[2] $argv
end

# Whether the verb is the last word.
function __biomcp_auth_begins
    test (count (commandline -opc)) -eq 2; and __biomcp_auth_is $argv
end

function __biomcp_auth_adds
    set -l words (commandline -opc)
    __biomcp_auth_is clients; and test "$words[3]" = add
end

# Whether a command of its own follows.
function __biomcp_auth_runs
    __biomcp_auth_is run; and contains -- -- (commandline -opc)
end

function __biomcp_auth_complete_command
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    set -e words[1..$at]
    complete -C "$(string join ' ' -- (string escape -- $words) (commandline -ct))"
end

complete -c biomcp-auth -f
complete -c biomcp-auth -n 'not __biomcp_auth_runs' -s h -l help -d 'Show help'

set -l first 'test (count (commandline -opc)) -eq 1'
complete -c biomcp-auth -n $first -l version -d 'Print the version'
for condition in $first '__biomcp_auth_begins help'
    complete -c biomcp-auth -n $condition -a status -d 'How the service is doing'
    complete -c biomcp-auth -n $condition -a token -d 'An access token on standard output'
    complete -c biomcp-auth -n $condition -a run -d 'Run a command that has a token'
    complete -c biomcp-auth -n $condition -a sign-in -d 'Sign in, in the browser if need be'
    complete -c biomcp-auth -n $condition -a sign-out -d 'Sign out; every token stops working'
    complete -c biomcp-auth -n $condition -a grants -d 'What programs are allowed'
    complete -c biomcp-auth -n $condition -a clients -d 'Programs that use HTTP'
    complete -c biomcp-auth -n $condition -a configure -d 'Put the MCP server into the settings of a client'
    complete -c biomcp-auth -n $condition -a connect -d 'Bridge for MCP clients that only start programs'
    complete -c biomcp-auth -n $condition -a import -d 'Take over the configuration of a Worker'
    complete -c biomcp-auth -n $condition -a keys -d 'What tokens are signed with'
    complete -c biomcp-auth -n $condition -a setup -d 'Sign in through Stytch or an OpenID provider'
    complete -c biomcp-auth -n $condition -a doctor -d 'What is wrong and what to do'
    complete -c biomcp-auth -n $condition -a monitor -d 'What happens as it happens'
    complete -c biomcp-auth -n $condition -a help -d 'What a verb does'
end

set -l json '__biomcp_auth_is status token sign-in sign-out grants clients configure import keys setup doctor monitor'
complete -c biomcp-auth -n $json -l json -d 'Print JSON'
complete -c biomcp-auth -n '__biomcp_auth_is configure import setup' -s y -l yes -d 'Write without asking'

set -l wish '__biomcp_auth_is token run; and not __biomcp_auth_runs'
complete -c biomcp-auth -n $wish -l scope -x -d 'What the token is for'
complete -c biomcp-auth -n $wish -l resource -x -d 'The resource the token is for'
complete -c biomcp-auth -n $wish -l min-valid-s -x -d 'How long the token must be good'
complete -c biomcp-auth -n $wish -l no-interaction -d 'Never ask'
complete -c biomcp-auth -n '__biomcp_auth_is token' -l header -d 'Print an HTTP header'
complete -c biomcp-auth -n '__biomcp_auth_is token' -l header-json -d 'Print an HTTP header as JSON'

set -l run '__biomcp_auth_is run; and not __biomcp_auth_runs'
complete -c biomcp-auth -n $run -l token-fd -x -d 'The descriptor of the token'
complete -c biomcp-auth -n $run -l header-fd -x -d 'The descriptor of the header'
complete -c biomcp-auth -n __biomcp_auth_runs -a '(__biomcp_auth_complete_command)'

complete -c biomcp-auth -n '__biomcp_auth_begins grants' -a 'list revoke'
complete -c biomcp-auth -n '__biomcp_auth_is grants' -l all -d 'With revoke: every grant'

complete -c biomcp-auth -n '__biomcp_auth_begins clients' -a 'list add remove'
complete -c biomcp-auth -n __biomcp_auth_adds -l name -x -d 'What people call it'
complete -c biomcp-auth -n __biomcp_auth_adds -l scope -x -d 'What it may have'
complete -c biomcp-auth -n __biomcp_auth_adds -l redirect-uri -x -d 'Where people come back to'
complete -c biomcp-auth -n __biomcp_auth_adds -l grant-type -x -d 'What it may do' \
    -a 'authorization_code refresh_token client_credentials'
complete -c biomcp-auth -n __biomcp_auth_adds -l auth-method -x -d 'How it authenticates' \
    -a 'none client_secret_basic client_secret_post private_key_jwt'
complete -c biomcp-auth -n __biomcp_auth_adds -l jwks -r -F -d 'Its public keys'
complete -c biomcp-auth -n __biomcp_auth_adds -l resource-server -d 'It may ask about all tokens'

complete -c biomcp-auth -n '__biomcp_auth_is configure' \
    -a 'claude-desktop claude-code vscode vscode-flatpak vscode-insiders vscodium vscodium-flatpak'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -a 'cursor zed zed-flatpak codex gemini'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -s l -l list -d 'Show the clients that are known'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -s n -l name -x -d 'Name of the entry'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -l http -d 'The client connects and signs in itself'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -l stdio -d 'The client starts biomcp-auth connect'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -l url -x -d 'The MCP URL'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -s p -l project -x -d 'The settings of a project' \
    -a '(__fish_complete_directories)'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -l replace -d 'Replace an entry of that name'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -l undo -d 'Take the last change back'
complete -c biomcp-auth -n '__biomcp_auth_is configure' -l dry-run -d 'Show, but write nothing'

complete -c biomcp-auth -n '__biomcp_auth_is import' -F
complete -c biomcp-auth -n '__biomcp_auth_is import' -l from-environment -d 'Take variables from the environment too'
complete -c biomcp-auth -n '__biomcp_auth_is import' -s e -l env -x -d 'An environment of wrangler.toml'

complete -c biomcp-auth -n '__biomcp_auth_begins keys' -a 'list rotate'
complete -c biomcp-auth -n '__biomcp_auth_is keys' -l now -d 'Drop all earlier keys at once'

complete -c biomcp-auth -n '__biomcp_auth_begins setup' -a 'stytch oidc'
