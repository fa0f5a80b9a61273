/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* A URL, a line break, a document. Either a client comes out that keeps every rule, or an
 * error; and a registration reads the same text without harm. */

#include "bma-client-document.h"

#include <stdint.h>
#include <string.h>

#include "bma-redirect.h"
#include "bma-registration.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
check_client (const BmaClient *client)
{
  g_assert (client->name != NULL && *client->name != '\0');
  g_assert (g_utf8_validate (client->name, -1, NULL));
  g_assert (client->redirect_uris != NULL && client->redirect_uris[0] != NULL);
  for (size_t i = 0; client->redirect_uris[i] != NULL; i++)
    g_assert (bma_redirect_find_problem (client->redirect_uris[i]) == NULL);
  g_assert (client->secret_hash == NULL);
  g_assert (bma_client_is_public (client) || client->jwks != NULL ||
            client->jwks_uri != NULL);
  g_assert (client->jwks == NULL || strstr (client->jwks, "\"d\":") == NULL);
}

static void
check_registration (const char *text, size_t length)
{
  static const char *const scopes[] = { "mcp", NULL };
  const BmaRegistrationTicket ticket = { "00", "secret", "token" };
  const BmaJsonLimits limits = BMA_JSON_LIMITS_DEFAULT;
  g_autoptr (JsonObject) metadata = bma_json_parse_object (text, length, &limits, NULL);
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (BmaClient) client = NULL;
  g_autofree char *written = NULL;
  BmaOauthError error;

  if (metadata == NULL)
    return;
  client = bma_registration_decide (metadata, scopes, &ticket, 1, &error);
  g_assert ((client == NULL) == (error.code != BMA_OAUTH_OK));
  if (client == NULL)
    return;
  answer = bma_registration_make_answer (client, "http://i", NULL, "token");
  written = bma_json_to_text (answer);
  g_assert (g_utf8_validate (written, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  const char *line_break = memchr (data, '\n', n_bytes);
  g_autofree char *url = NULL;
  g_autoptr (BmaClient) client = NULL;
  const char *text = NULL;
  size_t length = 0;
  BmaOauthError error;

  if (line_break == NULL)
    return 0;
  url = g_strndup ((const char *) data, (size_t) (line_break - (const char *) data));
  text = line_break + 1;
  length = n_bytes - (size_t) (text - (const char *) data);
  check_registration (text, length);
  if (bma_client_document_find_url_problem (url) != NULL)
    return 0;
  client = bma_client_document_decide (url, text, length, &error);
  g_assert ((client == NULL) == (error.code != BMA_OAUTH_OK));
  if (client != NULL)
    {
      check_client (client);
      g_assert_cmpstr (bma_client_get_id (client), ==, url);
    }
  return 0;
}
