/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-cli-suggest.h"

#include <string.h>

#define MAX_BYTES  32
#define MAX_SLIPS  2
#define MIN_PREFIX 2

/* How many letters are to be put in, left out, replaced or swapped with their neighbour.
 */
static size_t
count_slips (const char *left, const char *right)
{
  size_t n_left = strlen (left);
  size_t n_right = strlen (right);
  size_t slips[MAX_BYTES + 1][MAX_BYTES + 1];

  for (size_t i = 0; i <= n_left; i++)
    slips[i][0] = i;
  for (size_t j = 0; j <= n_right; j++)
    slips[0][j] = j;
  for (size_t i = 1; i <= n_left; i++)
    for (size_t j = 1; j <= n_right; j++)
      {
        size_t other = left[i - 1] == right[j - 1] ? 0 : 1;

        slips[i][j] = MIN (slips[i - 1][j], slips[i][j - 1]) + 1;
        slips[i][j] = MIN (slips[i][j], slips[i - 1][j - 1] + other);
        if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
          slips[i][j] = MIN (slips[i][j], slips[i - 2][j - 2] + 1);
      }
  return slips[n_left][n_right];
}

static size_t
rate (const char *word, const char *known)
{
  size_t n_bytes = strlen (word);
  size_t slips = 0;

  if (n_bytes > MAX_BYTES || strlen (known) > MAX_BYTES)
    return MAX_SLIPS + 1;
  slips = count_slips (word, known);
  if (n_bytes >= MIN_PREFIX && strncmp (known, word, n_bytes) == 0)
    return MIN (slips, MAX_SLIPS);
  /* Of a short word nothing would be left. */
  return slips * 2 > n_bytes ? MAX_SLIPS + 1 : slips;
}

/**
 * bma_cli_suggest:
 * @word: what somebody typed
 * @known: (array zero-terminated=1): what could have been meant
 *
 * Returns: (transfer none) (nullable): the first of those in @known that are most like
 * @word; %NULL when none is like it
 */
const char *
bma_cli_suggest (const char *word, const char *const *known)
{
  const char *best = NULL;
  size_t least = MAX_SLIPS + 1;

  for (size_t i = 0; known[i] != NULL; i++)
    {
      size_t slips = rate (word, known[i]);

      if (slips < least)
        {
          least = slips;
          best = known[i];
        }
    }
  return best;
}
