/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The Authorization header of a client, a line break, and the form that comes with it. */

#include <stdint.h>
#include <string.h>

#include "bma-client-auth.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *text = g_strndup ((const char *) data, n_bytes);
  char *body = strchr (text, '\n');
  g_autoptr (BmaForm) form = NULL;
  g_autoptr (BmaConfig) config = bma_config_new ();
  g_auto (BmaClientAuth) auth = { NULL };
  g_autoptr (BmaClient) client = bma_client_new ("id");
  BmaClientAuthFacts facts = { .client = client };
  BmaOauthError error;

  if (body == NULL)
    return 0;
  *body++ = '\0';
  form = bma_form_parse (body, strlen (body));
  if (form == NULL)
    return 0;
  error = bma_client_auth_parse (form, *text != '\0' ? text : NULL, &auth);
  if (error.code != BMA_OAUTH_OK)
    {
      g_assert (error.description != NULL);
      return 0;
    }
  g_assert ((auth.secret != NULL) == (strstr (auth.method, "client_secret") != NULL));
  g_assert (auth.secret == NULL ||
            g_utf8_validate (bma_secret_peek (auth.secret), -1, NULL));
  g_assert (auth.client_id == NULL || g_utf8_validate (auth.client_id, -1, NULL));
  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  client->auth_method = g_strdup (BMA_CLIENT_AUTH_BASIC);
  client->secret_hash = g_strdup ("no hash at all");
  g_assert (bma_client_auth_decide (&auth, &facts, config, 0).code ==
            BMA_OAUTH_INVALID_CLIENT);
  return 0;
}
