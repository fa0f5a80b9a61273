/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-broker-private.h"

#include "bma-authorize.h"
#include "bma-text.h"

/* A question to the person, from the moment a local caller asks until it is answered. */
struct _BmaApproval
{
  GObject parent_instance;

  char *id;                /* owned: SHA-256 of the token */
  BmaSecret *token;        /* owned: names the page, good for this question only */
  char *origin;            /* owned: where its page is */
  BmaPeer *peer;           /* owned */
  BmaLocalRequest request; /* its strings are owned */
  BmaSecret *pairing_key;  /* owned, nullable: for the caller, until it is taken */
  gboolean is_sign_in;
  BmaApprovalOutcome outcome;
  GError *error; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (BmaApproval, bma_approval, G_TYPE_OBJECT)

static void
bma_approval_finalize (GObject *object)
{
  BmaApproval *self = BMA_APPROVAL (object);

  g_free (self->id);
  g_clear_pointer (&self->token, bma_secret_unref);
  g_free (self->origin);
  g_clear_pointer (&self->peer, bma_peer_unref);
  g_strfreev ((char **) self->request.scopes);
  g_free ((char *) self->request.resource);
  g_free ((char *) self->request.reason);
  g_clear_pointer (&self->pairing_key, bma_secret_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (bma_approval_parent_class)->finalize (object);
}

static void
bma_approval_class_init (BmaApprovalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_approval_finalize;
  g_signal_new ("resolved", BMA_TYPE_APPROVAL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
bma_approval_init (BmaApproval *self)
{
}

/**
 * bma_approval_new:
 * @broker: whose page will ask
 * @peer: who asks
 * @request: (nullable): for what; %NULL for a sign-in only
 *
 * Returns: (transfer full): a question that nobody has seen yet
 */
BmaApproval *
bma_approval_new (BmaBroker *broker, BmaPeer *peer, const BmaLocalRequest *request)
{
  BmaApproval *self = g_object_new (BMA_TYPE_APPROVAL, NULL);

  self->token = bma_secret_new_take (bma_entropy_token (broker->entropy, 32));
  self->id = bma_text_sha256_hex (bma_secret_peek (self->token));
  self->origin = g_strdup (broker->config->own_origin);
  self->peer = bma_peer_ref (peer);
  self->is_sign_in = request == NULL;
  if (request != NULL)
    {
      self->request.scopes = (const char *const *) g_strdupv ((char **) request->scopes);
      self->request.resource = g_strdup (request->resource);
      self->request.reason = g_strdup (request->reason);
      self->request.wants_pairing = request->wants_pairing;
    }
  return self;
}

/**
 * bma_approval_get_url:
 * @self: a question
 *
 * Returns: (transfer full): the page that asks it
 */
char *
bma_approval_get_url (BmaApproval *self)
{
  return g_strdup_printf ("%s/authorize?approval=%s", self->origin,
                          bma_secret_peek (self->token));
}

/**
 * bma_approval_get_id:
 * @self: a question
 *
 * Returns: (transfer none): its id, which is no secret
 */
const char *
bma_approval_get_id (BmaApproval *self)
{
  return self->id;
}

/**
 * bma_approval_get_peer:
 * @self: a question
 *
 * Returns: (transfer none): who asks
 */
BmaPeer *
bma_approval_get_peer (BmaApproval *self)
{
  return self->peer;
}

/**
 * bma_approval_get_request:
 * @self: a question
 *
 * Returns: (transfer none): for what
 */
const BmaLocalRequest *
bma_approval_get_request (BmaApproval *self)
{
  return &self->request;
}

/**
 * bma_approval_is_sign_in:
 * @self: a question
 *
 * Returns: whether it is about signing in only
 */
gboolean
bma_approval_is_sign_in (BmaApproval *self)
{
  return self->is_sign_in;
}

/**
 * bma_approval_get_outcome:
 * @self: a question
 *
 * Returns: what became of it
 */
BmaApprovalOutcome
bma_approval_get_outcome (BmaApproval *self)
{
  return self->outcome;
}

/**
 * bma_approval_get_error:
 * @self: a question
 *
 * Returns: (transfer none) (nullable): why it failed
 */
const GError *
bma_approval_get_error (BmaApproval *self)
{
  return self->error;
}

/**
 * bma_approval_set_pairing_key:
 * @self: a question that is being answered
 * @key: (transfer full): a key for the caller
 *
 * Keeps it until the caller fetches it.
 */
void
bma_approval_set_pairing_key (BmaApproval *self, BmaSecret *key)
{
  g_clear_pointer (&self->pairing_key, bma_secret_unref);
  self->pairing_key = key;
}

/**
 * bma_approval_take_pairing_key:
 * @self: a question that was answered
 *
 * Returns: (transfer full) (nullable): the key that the caller asked for, once
 */
BmaSecret *
bma_approval_take_pairing_key (BmaApproval *self)
{
  return g_steal_pointer (&self->pairing_key);
}

/**
 * bma_approval_resolve:
 * @self: a question
 * @outcome: what became of it
 * @error: (nullable): why, for %BMA_APPROVAL_FAILED
 *
 * Ends the question, once.
 */
void
bma_approval_resolve (BmaApproval *self, BmaApprovalOutcome outcome, const GError *error)
{
  if (self->outcome != BMA_APPROVAL_PENDING)
    return;
  self->outcome = outcome;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_signal_emit_by_name (self, "resolved");
}

/**
 * bma_approval_cancel:
 * @self: a question
 *
 * The caller does not want an answer any more; the page then says so.
 */
void
bma_approval_cancel (BmaApproval *self)
{
  g_autoptr (GError)
      error = g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_CANCELLED,
                                   "The request was cancelled");

  bma_approval_resolve (self, BMA_APPROVAL_FAILED, error);
}
