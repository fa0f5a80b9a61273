/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What Stytch answers about clients: three digits of status, a line break, a body. Either
 * a client comes out that our rules let through, or an error. */

#include "bma-stytch-clients-wire.h"

#include <stdint.h>
#include <string.h>

#include "bma-redirect.h"

#define ID "connected-app-test-0"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

static void
check (const BmaClient *client, BmaOauthError error)
{
  g_assert ((client == NULL) == (error.code != BMA_OAUTH_OK));
  if (client == NULL)
    {
      g_assert (error.description != NULL);
      return;
    }
  g_assert (bma_stytch_clients_wire_is_id (bma_client_get_id (client)));
  g_assert (client->name == NULL || g_utf8_validate (client->name, -1, NULL));
  for (size_t i = 0; client->redirect_uris[i] != NULL; i++)
    g_assert (bma_redirect_find_problem (client->redirect_uris[i]) == NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  const char *text = (const char *) data;
  g_autoptr (BmaClient) wanted = bma_client_new ("00");
  g_autoptr (BmaClient) registered = NULL;
  g_autoptr (BmaClient) app = NULL;
  g_autoptr (BmaSecret) secret = NULL;
  unsigned int status = 0;
  BmaOauthError error;

  if (n_bytes < 4 || text[3] != '\n')
    return 0;
  for (int i = 0; i < 3; i++)
    status = status * 10 + (unsigned int) (data[i] - 48u) % 10;
  wanted->redirect_uris = g_strsplit ("http://127.0.0.1/c", " ", -1);
  wanted->auth_method = g_strdup (BMA_CLIENT_AUTH_BASIC);
  registered = bma_stytch_clients_wire_read_registration (status, text + 4, n_bytes - 4,
                                                          wanted, &secret, &error);
  check (registered, error);
  app = bma_stytch_clients_wire_read_app (status, text + 4, n_bytes - 4, ID, &error);
  check (app, error);
  return 0;
}
