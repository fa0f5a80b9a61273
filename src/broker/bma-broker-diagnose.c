/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"
#include "bma-broker-upstream.h"

#include "bma-text.h"

#define MAX_NAME_CHARS 80
#define REUSE_SHOWN_S  (7 * 24 * 3600)
#define CLOCK_SLACK_S  300
#define OLDEST_S       INT64_C (1700000000) /* late in 2023: nothing ran before */

/* The findings so far, while the slower checks run. */
typedef struct
{
  GVariantBuilder findings;
  unsigned int n_pending;
} Diagnosis;

static void
diagnosis_free (Diagnosis *self)
{
  g_variant_builder_clear (&self->findings);
  g_free (self);
}

static void
add (Diagnosis *self,
     const char *level,
     const char *check,
     const char *what,
     const char *advice)
{
  g_variant_builder_add (&self->findings, "(ssss)", level, check, what, advice);
}

static void
finish_check (GTask *task)
{
  Diagnosis *diagnosis = g_task_get_task_data (task);

  if (--diagnosis->n_pending == 0)
    g_task_return_pointer (task,
                           g_variant_ref_sink (
                               g_variant_builder_end (&diagnosis->findings)),
                           (GDestroyNotify) g_variant_unref);
}

static void
check_keys (BmaBroker *self, Diagnosis *diagnosis)
{
  const GError *problem = bma_key_manager_get_problem (self->keys);
  const GError *trouble = bma_key_manager_get_trouble (self->keys);

  if (bma_key_manager_get_keys (self->keys) != NULL && trouble != NULL)
    add (diagnosis, "warning", "keyring", trouble->message,
         "The keys work, but cannot be rotated until this is solved.");
  else if (bma_key_manager_get_keys (self->keys) != NULL)
    add (diagnosis, "ok", "keyring", "The signing key is in the keyring.", "");
  else if (problem == NULL)
    add (diagnosis, "warning", "keyring", "The keyring has not answered yet.",
         "Try again in a moment.");
  else if (g_error_matches (problem, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_MISSING))
    add (diagnosis, "error", "keyring", problem->message,
         "Install and start gnome-keyring or another secret service, or give the signing "
         "key as a systemd credential.");
  else if (problem->domain == BMA_JOSE_ERROR ||
           g_error_matches (problem, BMA_KEYRING_ERROR, BMA_KEYRING_ERROR_NOT_FOUND))
    add (diagnosis, "error", "keyring", problem->message,
         bma_config_offers_openid (self->config)
             ? "Restore the item signing-key, or remove it: then a new key is made and "
               "all access tokens end."
             : "Give the secret as jwt-secret, or set [tokens] algorithm to ES256.");
  else
    add (diagnosis, "error", "keyring", problem->message,
         "Unlock the keyring; the service goes on by itself.");
}

/* The owner is told of what may have been a theft for a week. */
static void
check_reuse (BmaBroker *self, Diagnosis *diagnosis)
{
  g_autoptr (GPtrArray) grants = bma_store_list (self->store, &bma_grant_type);

  for (unsigned int i = 0; i < grants->len; i++)
    {
      const BmaGrant *grant = g_ptr_array_index (grants, i);
      const BmaClient *client = NULL;
      g_autofree char *name = NULL;
      g_autofree char *what = NULL;
      g_autofree char *advice = NULL;

      if (grant->client_id == NULL || grant->reused_at_s == 0 ||
          bma_broker_now_s (self) - grant->reused_at_s > REUSE_SHOWN_S)
        continue;
      client = bma_broker_lookup_client (self, grant->client_id);
      name = bma_text_display (client != NULL && client->name != NULL ? client->name
                                                                      : grant->client_id,
                               MAX_NAME_CHARS);
      what = g_strdup_printf ("A code or refresh token of “%s” was used twice, so that "
                              "its sign-in was ended.",
                              name);
      advice = g_strdup_printf ("If that program was restored from a copy or runs twice, "
                                "connect it again. Else run biomcp-auth grants revoke "
                                "%s.",
                                grant->record.id);
      add (diagnosis, "warning", "token-reuse", what, advice);
    }
}

/* Tokens are only as good as the clock: one that was set back keeps those of then alive.
 */
static void
check_clock (BmaBroker *self, Diagnosis *diagnosis)
{
  g_autoptr (GPtrArray) grants = bma_store_list (self->store, &bma_grant_type);
  int64_t newest_s = OLDEST_S;

  for (unsigned int i = 0; i < grants->len; i++)
    {
      const BmaGrant *grant = g_ptr_array_index (grants, i);

      newest_s = MAX (newest_s, MAX (grant->created_at_s, grant->last_used_at_s));
    }
  if (bma_broker_now_s (self) + CLOCK_SLACK_S < newest_s)
    add (diagnosis, "error", "clock", "The clock is earlier than what happened before.",
         "Set the clock, best by letting it follow the network (timedatectl set-ntp "
         "true); "
         "if it was ahead before, run biomcp-auth keys rotate --now.");
  else
    add (diagnosis, "ok", "clock", "The clock agrees with what happened before.", "");
}

static void
on_self_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Diagnosis *diagnosis = g_task_get_task_data (task);
  g_autoptr (GVariant) findings = bma_check_run_finish (BMA_CHECK (source), result);

  for (size_t i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);

      g_variant_builder_add_value (&diagnosis->findings, finding);
    }
  finish_check (task);
}

/**
 * bma_broker_set_self_check:
 * @self: a broker
 * @check: (nullable): looks at the service from outside
 *
 * Adds to what is diagnosed.
 */
void
bma_broker_set_self_check (BmaBroker *self, BmaCheck *check)
{
  g_return_if_fail (BMA_IS_BROKER (self));

  g_set_object (&self->self_check, check);
}

static void
on_upstream_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  Diagnosis *diagnosis = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_uri_finish (G_SOCKET_CLIENT (source), result, &error);
  g_autofree char *what = NULL;

  if (connection != NULL)
    what = g_strdup_printf ("The MCP server at %s accepts connections.",
                            self->config->upstream);
  else
    what = g_strdup_printf ("The MCP server at %s cannot be reached: %s",
                            self->config->upstream, error->message);
  add (diagnosis, connection != NULL ? "ok" : "error", "upstream", what,
       connection != NULL ? ""
                          : "Start the BioMCP server, or set [resource] upstream in the "
                            "configuration.");
  finish_check (task);
}

static void
check_upstream (BmaBroker *self, GTask *task, GCancellable *cancellable)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  Diagnosis *diagnosis = g_task_get_task_data (task);
  g_autofree char *what = NULL;
  const char *advice = NULL;
  const char *level = NULL;

  if (bma_broker_runs_upstream (self))
    {
      level = bma_broker_judge_upstream (self, &what, &advice);
      add (diagnosis, level, "upstream", what, advice);
      return;
    }
  diagnosis->n_pending++;
  g_socket_client_set_timeout (client, 5);
  g_socket_client_connect_to_uri_async (client, self->config->upstream, 80, cancellable,
                                        on_upstream_connected, g_object_ref (task));
}

/* Only the provider knows what is registered there. */
static void
add_redirect_url (BmaBroker *self, Diagnosis *diagnosis)
{
  g_autofree char *uri = bma_identity_provider_get_redirect_uri (self->provider);
  g_autofree char *what = NULL;

  if (uri == NULL)
    return;
  what = g_strdup_printf ("The identity provider must know %s as redirect URL.", uri);
  add (diagnosis, "ok", "redirect-url", what, "");
}

static void
on_provider_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmaBroker *self = g_task_get_source_object (task);
  BmaIdentityProvider *provider = BMA_IDENTITY_PROVIDER (source);
  Diagnosis *diagnosis = g_task_get_task_data (task);
  gboolean is_oidc = g_str_equal (self->config->provider, BMA_PROVIDER_OIDC);
  g_autoptr (GError) error = NULL;

  if (bma_identity_provider_check_finish (provider, result, &error))
    add (diagnosis, "ok", "sign-in", "The identity provider works.", "");
  else
    add (diagnosis, "error", "sign-in", error->message,
         is_oidc ? "Run biomcp-auth setup oidc, or see to the provider."
                 : "Run biomcp-auth setup stytch, or correct the configuration.");
  if (error == NULL && bma_identity_provider_get_remark (provider) != NULL)
    add (diagnosis, "warning", "sign-in", bma_identity_provider_get_remark (provider),
         "Ask whoever runs the provider whether it checks PKCE.");
  add_redirect_url (self, diagnosis);
  finish_check (task);
}

/* One trusted issuer that is being asked. */
typedef struct
{
  GTask *task; /* owned */
  char *name;  /* owned */
} IssuerCheck;

static void
on_issuer_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree IssuerCheck *check = user_data;
  g_autoptr (GTask) task = check->task;
  g_autofree char *name = check->name;
  Diagnosis *diagnosis = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;

  if (bma_broker_check_issuer_finish (BMA_BROKER (source), result, &error))
    what = g_strdup_printf ("The keys of the trusted issuer %s can be fetched.", name);
  else
    what = g_strdup_printf ("Tokens of the trusted issuer %s cannot be verified once the "
                            "keys known now are too old: %s",
                            name, error->message);
  add (diagnosis, error == NULL ? "ok" : "error", "trusted-issuer", what,
       error == NULL ? ""
                     : "See to the network and the issuer, correct [resource] "
                       "trusted-issuers, or take the issuer out of it.");
  finish_check (task);
}

static void
check_issuers (BmaBroker *self, GTask *task, GCancellable *cancellable)
{
  Diagnosis *diagnosis = g_task_get_task_data (task);
  char **names = self->config->trusted_issuers;

  diagnosis->n_pending += g_strv_length (names);
  for (size_t i = 0; names[i] != NULL; i++)
    {
      IssuerCheck *check = g_new0 (IssuerCheck, 1);

      check->task = g_object_ref (task);
      check->name = g_strdup (names[i]);
      bma_broker_check_issuer_async (self, names[i], cancellable, on_issuer_checked,
                                     check);
    }
}

/**
 * bma_broker_diagnose_async:
 * @self: a broker
 * @cancellable: (nullable): cancels it
 * @callback: called with the findings
 * @user_data: for @callback
 *
 * Checks everything that sign-ins and tokens depend on.
 */
void
bma_broker_diagnose_async (BmaBroker *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Diagnosis *diagnosis = g_new0 (Diagnosis, 1);

  g_task_set_source_tag (task, bma_broker_diagnose_async);
  g_variant_builder_init (&diagnosis->findings, G_VARIANT_TYPE ("a(ssss)"));
  g_task_set_task_data (task, diagnosis, (GDestroyNotify) diagnosis_free);
  add (diagnosis, "ok", "service", "The service runs at the address clients know.", "");
  check_keys (self, diagnosis);
  if (self->subject == NULL)
    add (diagnosis, "warning", "signed-in", "Nobody is signed in.",
         "Run biomcp-auth sign-in.");
  check_reuse (self, diagnosis);
  check_clock (self, diagnosis);
  diagnosis->n_pending = 1;
  check_issuers (self, task, cancellable);
  check_upstream (self, task, cancellable);
  if (self->self_check != NULL)
    {
      diagnosis->n_pending++;
      bma_check_run_async (self->self_check, self->config, cancellable, on_self_checked,
                           g_object_ref (task));
    }
  bma_identity_provider_check_async (self->provider, cancellable, on_provider_checked,
                                     g_object_ref (task));
}

/**
 * bma_broker_diagnose_finish:
 * @self: a broker
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a(ssss): level, check, what was found, what to do
 */
GVariant *
bma_broker_diagnose_finish (BmaBroker *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
