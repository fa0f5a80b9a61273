# SPDX-FileCopyrightText: 2026 The biomcp-auth authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# complete.zsh FILE LINE...: for each line "> LINE" and what zsh would complete it with. Another
# zsh, interactive and on a terminal of its own, tells it.
zmodload zsh/zpty || exit 1
file=${1:A}
shift
zpty inner zsh -f -i
zpty -w inner "fpath=(${(q)file:h} \$fpath); source ${(q)0:A:h}/zshrc"
zpty -r -m inner text '*:ready:*' || exit 1
for line in "$@"; do
  print -r -- "> $line"
  zpty -n -w inner $'\C-U'"$line"$'\t'
  # The marks are printed again when only one of the parts that could follow is there.
  zpty -r -m inner text '*:<:*:>:*' || exit 1
  for word in ${(f)${text//$'\r'/}}; do
    [[ $word == '::'*'::' ]] && print -r -- ${${word#::}%::}
  done
done
zpty -d inner
