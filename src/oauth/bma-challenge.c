/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-challenge.h"

#include <string.h>

#include "bma-bearer.h"
#include "bma-scope-rules.h"
#include "bma-scope.h"

#define MAX_CHARS  4096
#define MAX_SCOPES 32
#define TOKEN      G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "!#$%&'*+-.^_`|~"
#define TOKEN68    G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-._~+/"

/* Reading a value of RFC 9110 section 11.6.1. */
typedef struct
{
  const char *at;
  gboolean has_scheme;
  gboolean is_bearer; /* the scheme whose parameters are read */
  gboolean is_done;   /* a Bearer challenge was read before */
} Reader;

static void
skip (Reader *self, const char *characters)
{
  self->at += strspn (self->at, characters);
}

/* NULL: there is none. */
static char *
read_token (Reader *self)
{
  size_t length = strspn (self->at, TOKEN);
  char *token = length > 0 ? g_strndup (self->at, length) : NULL;

  self->at += length;
  return token;
}

/* NULL: it does not end, or holds what it must not. */
static char *
read_quoted (Reader *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (self->at++; *self->at != '"'; self->at++)
    {
      if (*self->at == '\\')
        self->at++;
      if (*self->at == '\0' || (g_ascii_iscntrl (*self->at) && *self->at != '\t'))
        return NULL;
      g_string_append_c (text, *self->at);
    }
  self->at++;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
keep (char **place, char *value)
{
  if (*place != NULL)
    {
      g_free (value);
      return FALSE;
    }
  *place = value;
  return TRUE;
}

/* After the equals sign. */
static gboolean
read_parameter (Reader *self, const char *name, BmaChallenge *challenge)
{
  g_autofree char *value = NULL;

  skip (self, " \t");
  value = *self->at == '"' ? read_quoted (self) : read_token (self);
  if (value == NULL)
    return FALSE;
  if (!self->is_bearer)
    return TRUE;
  if (g_ascii_strcasecmp (name, "error") == 0)
    return keep (&challenge->error, g_steal_pointer (&value));
  if (g_ascii_strcasecmp (name, "scope") == 0)
    return keep (&challenge->scope, g_steal_pointer (&value));
  return TRUE;
}

/* Credentials in one piece, of schemes that have no parameters. */
static void
skip_token68 (Reader *self)
{
  size_t length = strspn (self->at, TOKEN68);
  const char *end = self->at + length + strspn (self->at + length, "=");

  end += strspn (end, " \t");
  if (length > 0 && (*end == ',' || *end == '\0'))
    self->at = end;
}

static void
begin_scheme (Reader *self, const char *name)
{
  self->is_done |= self->is_bearer;
  self->has_scheme = TRUE;
  self->is_bearer = !self->is_done && g_ascii_strcasecmp (name, "Bearer") == 0;
}

/* One scheme with what follows it at once, or one parameter. */
static gboolean
read_item (Reader *self, BmaChallenge *challenge)
{
  g_autofree char *name = read_token (self);
  const char *after = self->at;

  if (name == NULL)
    return FALSE;
  skip (self, " \t");
  if (*self->at == '=' && self->has_scheme)
    {
      self->at++;
      if (!read_parameter (self, name, challenge))
        return FALSE;
      skip (self, " \t");
      return *self->at == ',' || *self->at == '\0';
    }
  begin_scheme (self, name);
  if (*self->at == ',' || *self->at == '\0')
    return TRUE;
  if (self->at == after)
    return FALSE;
  skip_token68 (self);
  return TRUE;
}

/**
 * bma_challenge_parse:
 * @text: value of WWW-Authenticate, untrusted; several are joined by commas
 * @challenge: (out caller-allocates): the first Bearer challenge, to be cleared
 *
 * Returns: whether the value is well-formed (RFC 9110 section 11.6.1), not too long, and
 *   has such a challenge
 */
gboolean
bma_challenge_parse (const char *text, BmaChallenge *challenge)
{
  Reader reader = { .at = text };

  *challenge = (BmaChallenge){ NULL };
  if (strlen (text) > MAX_CHARS)
    return FALSE;
  for (skip (&reader, " \t,"); *reader.at != '\0'; skip (&reader, " \t,"))
    if (!read_item (&reader, challenge))
      {
        bma_challenge_clear (challenge);
        return FALSE;
      }
  return reader.is_bearer || reader.is_done;
}

/**
 * bma_challenge_clear:
 * @self: a challenge
 *
 * Frees what it holds.
 */
void
bma_challenge_clear (BmaChallenge *self)
{
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->scope, g_free);
}

/* What the server wants and there is here; NULL for nothing, or too much. */
static char **
list_wanted (const BmaChallenge *challenge, const BmaConfig *config)
{
  g_auto (GStrv) all =
      g_strsplit (challenge->scope != NULL ? challenge->scope : "", " ", MAX_SCOPES + 1);
  g_auto (GStrv) known = bma_scope_rules_list_resource (config);
  g_autoptr (GStrvBuilder) wanted = g_strv_builder_new ();
  size_t n = 0;

  if (g_strv_length (all) > MAX_SCOPES)
    return NULL;
  for (size_t i = 0; all[i] != NULL; i++)
    if (*all[i] != '\0' && g_strv_contains ((const char *const *) known, all[i]))
      {
        g_strv_builder_add (wanted, all[i]);
        n++;
      }
  return n > 0 ? g_strv_builder_end (wanted) : NULL;
}

/**
 * bma_challenge_decide:
 * @challenge: what the server said
 * @granted: what the grant allows
 * @config: settings
 * @scopes: (out) (transfer full): what to ask for
 *
 * Returns: what to do
 */
BmaAdvice
bma_challenge_decide (const BmaChallenge *challenge,
                      const char *const *granted,
                      const BmaConfig *config,
                      char ***scopes)
{
  g_auto (GStrv) wanted = NULL;

  *scopes = g_strdupv ((char **) granted);
  if (challenge->error == NULL || strcmp (challenge->error, "invalid_token") == 0)
    return BMA_ADVICE_RETRY;
  if (strcmp (challenge->error, "insufficient_scope") == 0)
    wanted = list_wanted (challenge, config);
  if (wanted == NULL)
    return BMA_ADVICE_GIVE_UP;
  g_strfreev (*scopes);
  *scopes = bma_bearer_list_step_up (granted, (const char *const *) wanted, config);
  /* Allowed already: the token was for less. */
  if (bma_scope_are_covered ((const char *const *) wanted, granted))
    return BMA_ADVICE_RETRY;
  return BMA_ADVICE_REQUEST;
}

/**
 * bma_advice_to_text:
 * @advice: advice
 *
 * Returns: (transfer none): its name on the bus
 */
const char *
bma_advice_to_text (BmaAdvice advice)
{
  static const char *const texts[] = { "retry", "request", "give-up" };

  return texts[advice];
}
