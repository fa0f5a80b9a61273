/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-jansson.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* jansson and libjose free private key members without wiping them, so every block that
 * jansson frees is wiped first. */
static void
wipe_and_free (void *block)
{
  if (block == NULL)
    return;
  explicit_bzero (block, malloc_usable_size (block));
  free (block);
}

/* libjose's own handler prints text of attackers to stderr. */
static void
on_jose_error (void *misc,
               const char *file,
               int line,
               uint64_t code,
               const char *format,
               va_list arguments)
{
}

/**
 * bma_jansson_get_jose:
 *
 * Returns: (transfer none): what libjose calls take; its errors are printed nowhere
 */
jose_cfg_t *
bma_jansson_get_jose (void)
{
  static gsize ready = 0;
  static jose_cfg_t *jose = NULL; /* owned, lives as long as the process */

  if (g_once_init_enter (&ready))
    {
      json_set_alloc_funcs (malloc, wipe_and_free);
      jose = jose_cfg ();
      if (jose == NULL)
        g_error ("libjose cannot be set up");
      jose_cfg_set_err_func (jose, on_jose_error, NULL);
      g_once_init_leave (&ready, 1);
    }
  return jose;
}

/**
 * bma_jansson_parse_object:
 * @text: untrusted text
 * @length: its length in bytes
 * @limits: what it may cost
 * @problem: (out) (transfer none): what is wrong with it, a static text
 *
 * Returns: (transfer full) (nullable): a JSON object without repeated member names
 */
json_t *
bma_jansson_parse_object (const char *text,
                          size_t length,
                          const BmaJsonLimits *limits,
                          const char **problem)
{
  json_auto_t *json = NULL;

  bma_jansson_get_jose ();
  if (!bma_json_scan (text, length, limits, problem))
    return NULL;
  json = json_loadb (text, length, JSON_REJECT_DUPLICATES, NULL);
  if (!json_is_object (json))
    {
      *problem = "it is not a JSON object";
      return NULL;
    }
  return json_incref (json);
}

/**
 * bma_jansson_to_text:
 * @json: a JSON object
 *
 * Returns: (transfer full): compact text, members in the order in which they were set;
 *   free it with bma_secret_free_text() when @json is private
 */
char *
bma_jansson_to_text (const json_t *json)
{
  const size_t flags = JSON_COMPACT;
  size_t n_bytes = json_dumpb (json, NULL, 0, flags);
  char *text = g_malloc (n_bytes + 1);

  if (json_dumpb (json, text, n_bytes, flags) != n_bytes)
    g_error ("jansson cannot write what it read");
  text[n_bytes] = '\0';
  return text;
}

/**
 * bma_jansson_pick:
 * @object: a JSON object
 * @names: (array zero-terminated=1): member names
 *
 * Returns: (transfer full): a new object with those of @names that @object has, in the
 *   order of @names, and nothing else
 */
json_t *
bma_jansson_pick (const json_t *object, const char *const *names)
{
  json_t *picked = json_object ();

  for (size_t i = 0; names[i] != NULL; i++)
    {
      json_t *value = json_object_get (object, names[i]);

      if (value != NULL && json_object_set (picked, names[i], value) != 0)
        g_error ("jansson is out of memory");
    }
  return picked;
}
