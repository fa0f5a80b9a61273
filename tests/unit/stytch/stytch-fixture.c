/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stytch-fixture.h"

#include <string.h>

void
stytch_fixture_start (StytchFixture *self, const char *api_url)
{
  BmaConfig *config = bma_config_new ();

  bma_config_set_address (config, "127.0.0.1", 8417, NULL, NULL);
  config->stytch_project_id = g_strdup (STYTCH_PROJECT_ID);
  config->stytch_public_token = g_strdup (STYTCH_PUBLIC_TOKEN);
  config->stytch_api_url = g_strdup (api_url);
  g_strfreev (config->stytch_methods);
  config->stytch_methods = g_strsplit ("google github", " ", -1);

  self->method = NULL;
  self->config = config;
  self->keyring = bma_keyring_dummy_new ();
  self->client = bma_http_client_new ();
  self->provider = bma_stytch_new (config, BMA_KEYRING (self->keyring), self->client);
  bma_keyring_dummy_put (self->keyring, BMA_KEYRING_KIND_STYTCH_SECRET, STYTCH_PROJECT_ID,
                         STYTCH_SECRET);
}

void
stytch_fixture_stop (StytchFixture *self)
{
  /* Nobody else keeps it: a task that was never answered would. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (G_OBJECT (self->provider)->ref_count, ==, 1);
  g_object_unref (self->provider);
  g_object_unref (self->client);
  g_object_unref (self->keyring);
  bma_config_unref (self->config);
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

BmaLoginReply *
stytch_begin (StytchFixture *self, const BmaLoginRequest *request, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bma_identity_provider_begin_async (self->provider, request, NULL, keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bma_identity_provider_begin_finish (self->provider, result, error);
}

char *
stytch_begin_uri (StytchFixture *self,
                  const char *tx,
                  const char *code_challenge,
                  const char *method,
                  GError **error)
{
  g_autoptr (BmaLoginReply)
      reply = stytch_begin (self,
                            &(BmaLoginRequest){ .tx = tx,
                                                .code_challenge = code_challenge,
                                                .method = method,
                                                .lifetime_s = 600 },
                            error);

  if (reply == NULL)
    return NULL;
  g_assert_cmpint (reply->kind, ==, BMA_LOGIN_REPLY_REDIRECT);
  return g_steal_pointer (&reply->uri);
}

void
stytch_verify (StytchFixture *self,
               const char *reference,
               const char *code,
               StytchOutcome *outcome)
{
  g_autoptr (BmaSecret) typed = bma_secret_new (code);
  g_autoptr (GAsyncResult) result = NULL;

  bma_identity_provider_verify_code_async (self->provider, reference, typed, NULL,
                                           keep_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  outcome->identity =
      bma_identity_provider_verify_code_finish (self->provider, result, &outcome->error);
  g_assert_true ((outcome->identity == NULL) == (outcome->error != NULL));
  outcome->is_done = TRUE;
}

static void
on_exchanged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  StytchOutcome *outcome = user_data;

  outcome->identity =
      bma_identity_provider_exchange_finish (BMA_IDENTITY_PROVIDER (source), result,
                                             &outcome->error);
  g_assert_true ((outcome->identity == NULL) == (outcome->error != NULL));
  outcome->is_done = TRUE;
}

void
stytch_exchange_begin (StytchFixture *self,
                       const char *query,
                       const char *verifier,
                       GCancellable *cancellable,
                       StytchOutcome *outcome)
{
  g_autoptr (BmaForm) form = bma_form_parse (query, strlen (query));
  g_autoptr (BmaSecret) code_verifier = bma_secret_new (verifier);

  bma_identity_provider_exchange_async (self->provider, self->method, form, code_verifier,
                                        cancellable, on_exchanged, outcome);
  g_assert_false (outcome->is_done);
}

void
stytch_await (StytchOutcome *outcome)
{
  while (!outcome->is_done)
    g_main_context_iteration (NULL, TRUE);
  /* The task lives until its callback has returned. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
stytch_exchange (StytchFixture *self, const char *query, StytchOutcome *outcome)
{
  stytch_exchange_begin (self, query, STYTCH_VERIFIER, NULL, outcome);
  stytch_await (outcome);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  StytchOutcome *outcome = user_data;
  gboolean is_fine = bma_identity_provider_check_finish (BMA_IDENTITY_PROVIDER (source),
                                                         result, &outcome->error);

  g_assert_true (is_fine == (outcome->error == NULL));
  outcome->is_done = TRUE;
}

void
stytch_check (StytchFixture *self, StytchOutcome *outcome)
{
  bma_identity_provider_check_async (self->provider, NULL, on_checked, outcome);
  stytch_await (outcome);
}

void
stytch_outcome_clear (StytchOutcome *self)
{
  g_clear_pointer (&self->identity, bma_identity_free);
  g_clear_error (&self->error);
}

void
stytch_assert_failed (const StytchOutcome *outcome, BmaIdentityError expected)
{
  g_assert_true (outcome->is_done);
  g_assert_error (outcome->error, BMA_IDENTITY_ERROR, (int) expected);
  g_assert_null (strstr (outcome->error->message, "canary"));
  g_test_message ("%s", outcome->error->message);
}
