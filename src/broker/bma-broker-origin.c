/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-login-private.h"

#include <glib/gi18n-lib.h>

#include "bma-client-document.h"
#include "bma-uri.h"

/**
 * bma_broker_describe_origin:
 * @question: a question about @client
 * @client: a client
 *
 * Fills in how we know of the client, and who vouches for what.
 */
void
bma_broker_describe_origin (BmaQuestion *question, const BmaClient *client)
{
  const char *origin = client->origin != NULL ? client->origin : "";

  if (g_str_equal (origin, BMA_CLIENT_ORIGIN_DOCUMENT))
    {
      question->client_host = bma_uri_get_display_host (bma_client_get_id (client));
      question->is_loopback_only = bma_client_has_only_loopback_redirects (client);
      question->how_known = g_strdup_printf (
          _ ("A document at %s describes it and says where you may be sent; its name is "
             "its own claim and not verified."),
          question->client_host);
    }
  else if (g_str_equal (origin, BMA_CLIENT_ORIGIN_CONFIGURED))
    question->how_known =
        g_strdup (_ ("It stands in the configuration of this service."));
  else if (g_str_equal (origin, BMA_CLIENT_ORIGIN_OWNER))
    question->how_known = g_strdup (_ ("The owner of this service made it."));
  else if (g_str_equal (origin, BMA_CLIENT_ORIGIN_STYTCH))
    question->how_known = g_strdup (
        _ ("It is registered at Stytch; its name is its own claim and not verified."));
  else
    question->how_known = g_strdup (
        _ ("It registered itself here; its name is its own claim and not verified."));
}

/**
 * bma_broker_make_source_error_step:
 * @answer: an answer without a client
 *
 * What a document or directory says is needed before anybody may be sent anywhere, so the
 * person is told and there is no redirect.
 *
 * Returns: (transfer full): the page
 */
BmaBrowserStep *
bma_broker_make_source_error_step (const BmaClientAnswer *answer)
{
  gboolean is_passing = answer->error.code == BMA_OAUTH_TEMPORARILY_UNAVAILABLE;

  if (answer->error.code == BMA_OAUTH_INVALID_CLIENT && answer->message == NULL)
    return bma_broker_make_client_error_step (answer->error);
  return bma_browser_step_new_error (
      bma_oauth_error_get_status (answer->error.code), answer->error,
      is_passing ? _ ("What this program is could not be found out")
                 : _ ("This program is not described properly"),
      answer->message);
}
