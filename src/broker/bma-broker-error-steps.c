/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pages that end an authorization. */

#include "bma-broker-login.h"

#include <glib/gi18n-lib.h>

#include "bma-broker-login-private.h"

BmaBrowserStep *
bma_broker_make_unavailable_step (BmaBroker *self)
{
  if (bma_broker_has_unusable_key (self))
    return bma_browser_step_new_error (
        503, bma_broker_make_no_key_error (self), _ ("There is no key to sign with"),
        _ ("The service cannot sign tokens. Run “biomcp-auth doctor” in a terminal: it "
           "tells why, and what to do."));
  return bma_browser_step_new_error (503, bma_broker_make_no_key_error (self),
                                     _ ("The keyring is locked"),
                                     _ ("BioMCP keeps its signing key in your keyring. "
                                        "Unlock the keyring, then reload this page."));
}

BmaBrowserStep *
bma_broker_make_storage_step (void)
{
  return bma_browser_step_new_error (
      500, (BmaOauthError){ BMA_OAUTH_SERVER_ERROR, "the change could not be stored" },
      _ ("That could not be stored"),
      _ ("Nothing was changed. Check that the disk is not full, then start again in your "
         "program."));
}

BmaBrowserStep *
bma_broker_make_expired_step (void)
{
  return bma_browser_step_new_error (400,
                                     (BmaOauthError){
                                         BMA_OAUTH_INVALID_REQUEST,
                                         "the form or callback is used, expired or "
                                         "from another browser" },
                                     _ ("This page is no longer good"),
                                     _ ("It was used already, is too old, or belongs to "
                                        "another browser. Go back to your "
                                        "program and start the sign-in again."));
}

BmaBrowserStep *
bma_broker_make_client_error_step (BmaOauthError error)
{
  gboolean is_stranger = error.code == BMA_OAUTH_INVALID_CLIENT;
  /* Translators: %s is a message for programmers, in English. */
  const char *format =
      is_stranger
          ? _ ("The program that sent you here made a request that cannot be answered: "
               "%s. In that program, remove the saved sign-in for BioMCP (often called "
               "“clear authentication” or “sign out”) and connect again, so that it "
               "registers anew.")
          : _ ("The program that sent you here made a request that cannot be answered: "
               "%s. Report this to its makers.");
  g_autoptr (GString) message = g_string_new (format);

  g_string_replace (message, "%s", error.description, 1);
  return bma_browser_step_new_error (is_stranger ? 401 : 400, error,
                                     is_stranger ? _ ("This program is not known here")
                                                 : _ ("This request is not valid"),
                                     message->str);
}

/**
 * bma_broker_make_elsewhere_step:
 *
 * Returns: (transfer full): a page for somebody who is not the owner, where only the
 * owner may decide
 */
BmaBrowserStep *
bma_broker_make_elsewhere_step (void)
{
  return bma_browser_step_new_error (
      403,
      (BmaOauthError){ BMA_OAUTH_ACCESS_DENIED,
                       "only the owner's browser on the computer of the service may" },
      _ ("Open this page on the computer where the service runs"),
      _ ("Only the person at that computer can decide this, in a browser there and not "
         "through a reverse proxy."));
}
