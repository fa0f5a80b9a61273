# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# complete.fish FILE LINE...: for each line "> LINE" and what fish would complete it with.
source $argv[1]
for line in $argv[2..-1]
    echo "> $line"
    complete -C $line | string replace -r '\t.*' ''
end
true
