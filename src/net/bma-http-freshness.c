/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-freshness.h"

#include <string.h>

#define MAX_DIGITS 9

/* delta-seconds (RFC 9111 section 1.2.2), perhaps quoted; more digits than fit are "for
 * ever". */
static gboolean
read_seconds (const char *text, int64_t *seconds)
{
  size_t n_digits = 0;

  text += strspn (text, " \t\"");
  n_digits = strspn (text, "0123456789");
  if (n_digits == 0)
    return FALSE;
  *seconds = n_digits > MAX_DIGITS ? G_MAXINT32 : g_ascii_strtoll (text, NULL, 10);
  return TRUE;
}

/* The argument of a directive, "" without one, or NULL when @item is another one. */
static const char *
match_directive (const char *item, const char *name)
{
  size_t length = strlen (name);

  if (g_ascii_strncasecmp (item, name, length) != 0)
    return NULL;
  item += length;
  if (*item == '=')
    return item + 1;
  return *item == '\0' ? item : NULL;
}

/**
 * bma_http_freshness_parse:
 * @cache_control: (nullable): value of Cache-Control (RFC 9111 section 5.2)
 * @age: (nullable): value of Age
 *
 * For a private cache: `s-maxage` does not count.
 *
 * Returns: for how many seconds the answer may be used, 0 when it may not be kept or is
 *   malformed, or %BMA_HTTP_MAX_AGE_UNKNOWN
 */
int64_t
bma_http_freshness_parse (const char *cache_control, const char *age)
{
  g_auto (GStrv) items = g_strsplit (cache_control != NULL ? cache_control : "", ",", -1);
  int64_t max_age_s = BMA_HTTP_MAX_AGE_UNKNOWN;
  int64_t age_s = 0;

  for (size_t i = 0; items[i] != NULL; i++)
    {
      const char *item = g_strstrip (items[i]);
      const char *argument = match_directive (item, "max-age");
      int64_t seconds = 0;

      if (match_directive (item, "no-store") != NULL ||
          match_directive (item, "no-cache") != NULL ||
          (argument != NULL && !read_seconds (argument, &seconds)))
        return 0;
      if (argument != NULL && (max_age_s < 0 || seconds < max_age_s))
        max_age_s = seconds;
    }
  if (max_age_s > 0 && age != NULL && read_seconds (age, &age_s))
    max_age_s = MAX (max_age_s - age_s, 0);
  return max_age_s;
}

/**
 * bma_http_freshness_bound:
 * @max_age_s: from [func@http_freshness_parse]
 * @fallback_s: what holds when the answer does not say
 * @minimum_s: the least
 * @maximum_s: the most
 *
 * Returns: for how many seconds the answer is used
 */
int64_t
bma_http_freshness_bound (int64_t max_age_s,
                          int64_t fallback_s,
                          int64_t minimum_s,
                          int64_t maximum_s)
{
  return CLAMP (max_age_s < 0 ? fallback_s : max_age_s, minimum_s, maximum_s);
}
