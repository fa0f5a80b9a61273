/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-approval-private.h"

#include "bma-broker-private.h"
#include "bma-text.h"

#define ID_BYTES 16

/* A question to the person, from the moment a local caller asks until it is answered. All
 * questions that are open at the same time are on one page. */
struct _BmaApproval
{
  GObject parent_instance;

  char *id;           /* owned: names it on the page */
  BmaSecret *page;    /* owned: names the page */
  char *origin;       /* owned: where the page is */
  BmaPeer *peer;      /* owned: the first who asked */
  GPtrArray *senders; /* owned, of char *: the connections that wait, each as often as
                         it asked */
  BmaLocalRequest request; /* its strings are owned */
  BmaSecret *pairing_key;  /* owned, nullable: for the caller, until it is taken */
  gboolean is_sign_in;
  char *sign_in;  /* owned, nullable: the person allowed it and is signing in for it */
  char *decision; /* owned, nullable: for how long, then */
  char *stage;    /* owned, nullable: how far it is */
  BmaApprovalOutcome outcome;
  GError *error; /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (BmaApproval, bma_approval, G_TYPE_OBJECT)

static void
bma_approval_finalize (GObject *object)
{
  BmaApproval *self = BMA_APPROVAL (object);

  g_free (self->id);
  g_clear_pointer (&self->page, bma_secret_unref);
  g_free (self->origin);
  g_clear_pointer (&self->peer, bma_peer_unref);
  g_ptr_array_unref (self->senders);
  g_strfreev ((char **) self->request.scopes);
  g_free ((char *) self->request.resource);
  g_free ((char *) self->request.reason);
  g_clear_pointer (&self->pairing_key, bma_secret_unref);
  g_free (self->sign_in);
  g_free (self->decision);
  g_free (self->stage);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (bma_approval_parent_class)->finalize (object);
}

static void
bma_approval_class_init (BmaApprovalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_approval_finalize;
  g_signal_new ("resolved", BMA_TYPE_APPROVAL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  g_signal_new ("staged", BMA_TYPE_APPROVAL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
bma_approval_init (BmaApproval *self)
{
  self->senders = g_ptr_array_new_with_free_func (g_free);
}

/**
 * bma_approval_new:
 * @broker: whose page will ask
 * @page: names the page
 * @peer: who asks
 * @request: (nullable): for what; %NULL for a sign-in only
 *
 * Returns: (transfer full): a question that nobody has seen yet
 */
BmaApproval *
bma_approval_new (BmaBroker *broker,
                  BmaSecret *page,
                  BmaPeer *peer,
                  const BmaLocalRequest *request)
{
  BmaApproval *self = g_object_new (BMA_TYPE_APPROVAL, NULL);

  self->id = bma_entropy_hex (broker->entropy, ID_BYTES);
  self->page = bma_secret_ref (page);
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
 * bma_approval_join:
 * @self: a question
 * @sender: a bus connection
 *
 * One more waits for the answer.
 */
void
bma_approval_join (BmaApproval *self, const char *sender)
{
  g_ptr_array_add (self->senders, g_strdup (sender));
}

/**
 * bma_approval_leave:
 * @self: a question
 * @sender: a bus connection that joined
 *
 * One fewer waits for the answer; after the last the question is taken back.
 */
void
bma_approval_leave (BmaApproval *self, const char *sender)
{
  unsigned int at = 0;

  if (g_ptr_array_find_with_equal_func (self->senders, sender, g_str_equal, &at))
    g_ptr_array_remove_index (self->senders, at);
  if (self->senders->len == 0)
    bma_approval_cancel (self);
}

/**
 * bma_approval_list_senders:
 * @self: a question
 *
 * Returns: (transfer full): the connections that wait for the answer, each once
 */
char **
bma_approval_list_senders (BmaApproval *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();

  for (unsigned int i = 0; i < self->senders->len; i++)
    if (g_hash_table_add (seen, self->senders->pdata[i]))
      g_strv_builder_add (list, self->senders->pdata[i]);
  return g_strv_builder_end (list);
}

/**
 * bma_approval_get_url:
 * @self: a question
 *
 * Returns: (transfer full): the page that asks it, and whatever else is open
 */
char *
bma_approval_get_url (BmaApproval *self)
{
  return g_strdup_printf ("%s/authorize?approval=%s", self->origin,
                          bma_secret_peek (self->page));
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
 * bma_approval_choose:
 * @self: a question
 * @sign_in: names the sign-in it waits for now
 * @decision: (nullable): for how long
 *
 * The person allowed it, but has to sign in first.
 */
void
bma_approval_choose (BmaApproval *self, const char *sign_in, const char *decision)
{
  g_free (self->sign_in);
  g_free (self->decision);
  self->sign_in = g_strdup (sign_in);
  self->decision = g_strdup (decision);
}

/**
 * bma_approval_waits_for:
 * @self: a question
 * @sign_in: (nullable): names a sign-in
 *
 * Returns: whether the person allowed it and that sign-in is for it
 */
gboolean
bma_approval_waits_for (BmaApproval *self, const char *sign_in)
{
  return sign_in != NULL && g_strcmp0 (self->sign_in, sign_in) == 0;
}

/**
 * bma_approval_get_decision:
 * @self: a question that waits for a sign-in
 *
 * Returns: (transfer none) (nullable): for how long it was allowed
 */
const char *
bma_approval_get_decision (BmaApproval *self)
{
  return self->decision;
}

/**
 * bma_approval_set_stage:
 * @self: a question
 * @stage: how it reaches the person: browser, notification or waiting
 *
 * Tells those who wait.
 */
void
bma_approval_set_stage (BmaApproval *self, const char *stage)
{
  if (g_strcmp0 (self->stage, stage) == 0 || self->outcome != BMA_APPROVAL_PENDING)
    return;
  g_free (self->stage);
  self->stage = g_strdup (stage);
  g_signal_emit_by_name (self, "staged");
}

/**
 * bma_approval_get_stage:
 * @self: a question
 *
 * Returns: (transfer none) (nullable): how it reaches the person, once that is known
 */
const char *
bma_approval_get_stage (BmaApproval *self)
{
  return self->stage;
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
