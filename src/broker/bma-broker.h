/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "bma-broker-error.h"
#include "bma-check.h"
#include "bma-client-source.h"
#include "bma-clock.h"
#include "bma-config.h"
#include "bma-entropy.h"
#include "bma-grant.h"
#include "bma-identity-provider.h"
#include "bma-key-source.h"
#include "bma-keyring.h"
#include "bma-metadata.h"
#include "bma-metrics.h"
#include "bma-peer.h"
#include "bma-store.h"
#include "bma-subject.h"

G_BEGIN_DECLS

/**
 * BmaBrokerParts:
 * @clock: time
 * @entropy: randomness
 * @store: records
 * @keyring: secrets
 * @provider: who the person is
 *
 * What a broker is made of; it takes a reference to each.
 */
typedef struct
{
  BmaClock *clock;
  BmaEntropy *entropy;
  BmaStore *store;
  BmaKeyring *keyring;
  BmaIdentityProvider *provider;
} BmaBrokerParts;

/**
 * BmaBroker:
 *
 * The shell around the pure decisions: gathers facts, lets `oauth/` decide, applies the
 * change, signs. Both fronts, HTTP and D-Bus, are thin layers over it.
 *
 * Signals: `state-changed` () when [method@Broker.get_state] or
 * [method@Broker.get_attention_needed] may answer differently; `grant-changed`
 * (const BmaGrant *grant, const char *change), change being added, refreshed, reduced,
 * revoked, expired or untied (a caller left, and the tokens that were tied to it ended);
 * `prompt-changed` () when a question was added or has ended.
 */
#define BMA_TYPE_BROKER (bma_broker_get_type ())
G_DECLARE_FINAL_TYPE (BmaBroker, bma_broker, BMA, BROKER, GObject)

BmaBroker *bma_broker_new (const BmaConfig *config,
                           const BmaBrokerParts *parts) G_GNUC_WARN_UNUSED_RESULT;
void bma_broker_start (BmaBroker *self);
void bma_broker_set_config (BmaBroker *self, const BmaConfig *config);
void bma_broker_set_provider (BmaBroker *self, BmaIdentityProvider *provider);
void bma_broker_set_client_sources (BmaBroker *self,
                                    BmaClientSource *documents,
                                    BmaClientSource *directory);
void bma_broker_set_self_check (BmaBroker *self, BmaCheck *check);
void bma_broker_set_trusted_keys (BmaBroker *self, BmaKeySource *source);
void bma_broker_set_session (BmaBroker *self, const char *session_id);

const BmaConfig *bma_broker_get_config (BmaBroker *self);
BmaClock *bma_broker_get_clock (BmaBroker *self);
BmaEntropy *bma_broker_get_entropy (BmaBroker *self);
BmaStore *bma_broker_get_store (BmaBroker *self);
BmaKeyring *bma_broker_get_keyring (BmaBroker *self);
BmaIdentityProvider *bma_broker_get_provider (BmaBroker *self);
BmaMetrics *bma_broker_get_metrics (BmaBroker *self);

void bma_broker_init_metadata_facts (BmaBroker *self, BmaMetadataFacts *facts);

/* "ready", "signed-out", "keyring-locked" or "offline" */
const char *bma_broker_get_state (BmaBroker *self);
gboolean bma_broker_get_attention_needed (BmaBroker *self);
gboolean bma_broker_is_settled (BmaBroker *self);
/* The person tokens are issued for, or NULL while nobody is signed in. */
const BmaSubject *bma_broker_get_subject (BmaBroker *self);

/* --- local callers (bma-broker-local.c) --- */

/**
 * BmaLocalRequest:
 * @scopes: (nullable): what is asked for; empty means the scopes of the resource
 * @resource: (nullable): RFC 8707; %NULL means the canonical one
 * @min_valid_s: how long the token must at least be good
 * @max_valid_s: how long it may be good at most; 0 for as long as tokens are
 * @tie: whether it ends with the caller's bus connection
 * @correlation_id: (nullable): for the log
 * @reason: (nullable): the caller's words for the person
 * @prompt: (nullable): auto, consent or login
 * @wants_pairing: whether a caller that can prove nothing wants a key
 *
 * What a local caller asks for.
 */
typedef struct
{
  const char *const *scopes;
  const char *resource;
  uint32_t min_valid_s;
  uint32_t max_valid_s;
  gboolean tie;
  const char *correlation_id;
  const char *reason;
  const char *prompt;
  gboolean wants_pairing;
} BmaLocalRequest;

/**
 * BmaLocalToken:
 *
 * An access token for a local caller; reference-counted, and never changed.
 */
typedef struct
{
  BmaSecret *token; /* owned */
  int64_t expires_at_s;
  char **scopes;  /* owned */
  char *resource; /* owned */
  char *issuer;   /* owned */
  char *grant_id; /* owned */
} BmaLocalToken;

BmaLocalToken *bma_local_token_ref (BmaLocalToken *self);
void bma_local_token_unref (BmaLocalToken *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaLocalToken, bma_local_token_unref)

BmaLocalToken *bma_broker_peek_token (BmaBroker *self,
                                      BmaPeer *peer,
                                      const BmaLocalRequest *request,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

void bma_broker_get_token_async (BmaBroker *self,
                                 BmaPeer *peer,
                                 const BmaLocalRequest *request,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
BmaLocalToken *bma_broker_get_token_finish (BmaBroker *self,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * BmaApproval:
 *
 * A question to the person that a local caller waits for: may this app have a token, or
 * only: please sign in. Lives in memory; a page of ours shows all that are open. The
 * front's side of it: bma-approval.h.
 *
 * Signals: `staged` (): it reaches the person in another way now; `resolved` (): once;
 * then [method@Approval.get_outcome] tells the outcome.
 */
#define BMA_TYPE_APPROVAL (bma_approval_get_type ())
G_DECLARE_FINAL_TYPE (BmaApproval, bma_approval, BMA, APPROVAL, GObject)

typedef enum
{
  BMA_APPROVAL_PENDING,
  BMA_APPROVAL_ALLOWED,
  BMA_APPROVAL_DENIED,
  BMA_APPROVAL_FAILED,
} BmaApprovalOutcome;

/* Asks the person for what get_token lacked. For an error (GError of BMA_BROKER_ERROR) no
 * approval is made. */
BmaApproval *bma_broker_request_approval (BmaBroker *self,
                                          BmaPeer *peer,
                                          const BmaLocalRequest *request,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A sign-in without a grant; NULL when the person is signed in already or (local
 * identity) was signed in at once. */
BmaApproval *bma_broker_request_sign_in (BmaBroker *self,
                                         BmaPeer *peer,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The page to show; unguessable, and gone with the last open question. */
char *bma_approval_get_url (BmaApproval *self) G_GNUC_WARN_UNUSED_RESULT;
BmaPeer *bma_approval_get_peer (BmaApproval *self);
BmaApprovalOutcome bma_approval_get_outcome (BmaApproval *self);
/* The key that the caller asked for and got; given once. */
BmaSecret *bma_approval_take_pairing_key (BmaApproval *self) G_GNUC_WARN_UNUSED_RESULT;
/* Set for BMA_APPROVAL_FAILED. */
const GError *bma_approval_get_error (BmaApproval *self);
/* The caller went away or closed its request; the page then says so. */
void bma_approval_cancel (BmaApproval *self);

void bma_broker_sign_out_async (BmaBroker *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean
bma_broker_sign_out_finish (BmaBroker *self, GAsyncResult *result, GError **error);

GVariant *bma_broker_report_rejected (BmaBroker *self,
                                      const BmaGrant *grant,
                                      const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* Before the records are read, and before the end. */
void bma_broker_flush_uses (BmaBroker *self);

/* Grants of `once` and `session` that belong to a bus connection end with it. */
char **bma_broker_list_once_callers (BmaBroker *self) G_GNUC_WARN_UNUSED_RESULT;
void bma_broker_forget_caller (BmaBroker *self, const char *sender);

void bma_broker_revoke_grant_async (BmaBroker *self,
                                    const char *grant_id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
bma_broker_revoke_grant_finish (BmaBroker *self, GAsyncResult *result, GError **error);

void bma_broker_remove_client_async (BmaBroker *self,
                                     const char *record_id,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
bma_broker_remove_client_finish (BmaBroker *self, GAsyncResult *result, GError **error);

/* --- what happens to the desktop (bma-broker-desktop.c) --- */

void bma_broker_set_online (BmaBroker *self, gboolean is_online);
void bma_broker_set_locked (BmaBroker *self, gboolean is_locked);
void bma_broker_refresh_early (BmaBroker *self);

/* --- whether the service may end (bma-broker-need.c) --- */

void bma_broker_hold (BmaBroker *self);
void bma_broker_release (BmaBroker *self);
gboolean bma_broker_is_needed (BmaBroker *self);

/* --- status and secrets (bma-broker-status.c) --- */

/* a{sv}: version, issuer, mcp-url, state, provider, subject, keyring, signing-key,
 * upstream, grants, clients, store-reports ... without secrets; floating. */
GVariant *bma_broker_get_status (BmaBroker *self);

/* a(ssss): level (ok, warning, error), check, what, what to do. */
void bma_broker_diagnose_async (BmaBroker *self,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
GVariant *bma_broker_diagnose_finish (BmaBroker *self,
                                      GAsyncResult *result,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* kind: stytch-secret, oidc-client-secret, upstream-token. Checks the kind and the size,
 * then keeps it in the keyring. */
void bma_broker_set_secret_async (BmaBroker *self,
                                  const char *kind,
                                  BmaSecret *secret,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean
bma_broker_set_secret_finish (BmaBroker *self, GAsyncResult *result, GError **error);

G_END_DECLS
