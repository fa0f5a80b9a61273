/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* All questions that are open at the same time are one prompt with one page. The page has
 * a name of its own, which is forgotten with the last question. */

#include "bma-approval-private.h"
#include "bma-broker-private.h"
#include "bma-scope.h"

#define MAX_APPROVALS    64
#define MAX_FROM_ONE     4
#define MAX_PUT_OFF      256
#define PAGE_TOKEN_BYTES 32

/* A program without a name could come back as another: they are sent away together. */
static char *
make_identity (const BmaPeer *peer)
{
  return g_strconcat (peer->trust, ":", bma_peer_is_nameless (peer) ? "" : peer->app_id,
                      NULL);
}

/**
 * bma_broker_list_approvals:
 * @self: a broker
 *
 * Returns: (transfer container): the open questions, the oldest first, with a reference
 *   to each
 */
GPtrArray *
bma_broker_list_approvals (BmaBroker *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (unsigned int i = 0; i < self->approvals->len; i++)
    g_ptr_array_add (list, g_object_ref (self->approvals->pdata[i]));
  return list;
}

/**
 * bma_broker_lookup_approval:
 * @self: a broker
 * @id: (nullable): names a question
 *
 * Returns: (transfer none) (nullable): the question, if it is open
 */
BmaApproval *
bma_broker_lookup_approval (BmaBroker *self, const char *id)
{
  for (unsigned int i = 0; id != NULL && i < self->approvals->len; i++)
    if (g_str_equal (bma_approval_get_id (self->approvals->pdata[i]), id))
      return self->approvals->pdata[i];
  return NULL;
}

/**
 * bma_broker_is_prompt:
 * @self: a broker
 * @token: what a browser knows
 *
 * Returns: whether it names the page with the open questions
 */
gboolean
bma_broker_is_prompt (BmaBroker *self, const char *token)
{
  return self->prompt != NULL && bma_secret_equal_text (self->prompt, token);
}

static void
tell (BmaBroker *self)
{
  g_signal_emit_by_name (self, "prompt-changed");
  g_signal_emit_by_name (self, "state-changed");
}

static void
on_approval_resolved (BmaApproval *approval, BmaBroker *self)
{
  if (!g_ptr_array_remove (self->approvals, approval))
    return;
  if (self->approvals->len == 0)
    g_clear_pointer (&self->prompt, bma_secret_unref);
  tell (self);
}

/**
 * bma_broker_is_same_program:
 * @self: a broker
 * @a: a caller
 * @b: another one
 *
 * Only a key that is right makes another program: wrong ones are as good as none.
 *
 * Returns: whether they are one program, on whatever connections
 */
gboolean
bma_broker_is_same_program (BmaBroker *self, BmaPeer *a, BmaPeer *b)
{
  g_autoptr (BmaPeer) one = bma_broker_recognise (self, a, self->subject);
  g_autoptr (BmaPeer) other = bma_broker_recognise (self, b, self->subject);

  return g_str_equal (one->trust, other->trust) &&
         g_str_equal (one->app_id, other->app_id) &&
         (!g_str_equal (one->trust, BMA_TRUST_PAIRED) ||
          g_strcmp0 (one->pairing_hash, other->pairing_hash) == 0);
}

static gboolean
are_same_scopes (const char *const *a, const char *const *b)
{
  return bma_scope_is_subset (a, b) && bma_scope_is_subset (b, a);
}

/* The words of the program do not count: it could have the person asked again and again.
 * Who wants a key wants one of its own. */
static gboolean
is_same_question (BmaApproval *approval,
                  const BmaPeer *peer,
                  const BmaLocalRequest *request)
{
  const BmaLocalRequest *own = bma_approval_get_request (approval);

  if (request == NULL || bma_approval_is_sign_in (approval))
    return request == NULL && bma_approval_is_sign_in (approval);
  if (own->wants_pairing != request->wants_pairing ||
      (own->wants_pairing &&
       !g_str_equal (bma_approval_get_peer (approval)->sender, peer->sender)))
    return FALSE;
  return g_strcmp0 (own->resource, request->resource) == 0 &&
         are_same_scopes (own->scopes, request->scopes);
}

static BmaApproval *
find_twin (BmaBroker *self,
           BmaPeer *peer,
           const BmaLocalRequest *request,
           unsigned int *n_from_peer)
{
  *n_from_peer = 0;
  for (unsigned int i = 0; i < self->approvals->len; i++)
    {
      BmaApproval *approval = self->approvals->pdata[i];

      if (!bma_broker_is_same_program (self, bma_approval_get_peer (approval), peer))
        continue;
      if (is_same_question (approval, peer, request))
        return approval;
      (*n_from_peer)++;
    }
  return NULL;
}

/**
 * bma_broker_add_approval:
 * @self: a broker
 * @peer: who asks
 * @request: (nullable): for what; %NULL for a sign-in only
 * @error: return location for a #BmaBrokerError
 *
 * The same question of the same program is asked once, on however many connections it
 * comes.
 *
 * Returns: (transfer full) (nullable): the question, which @peer has joined
 */
BmaApproval *
bma_broker_add_approval (BmaBroker *self,
                         BmaPeer *peer,
                         const BmaLocalRequest *request,
                         GError **error)
{
  unsigned int n_from_peer = 0;
  BmaApproval *approval = find_twin (self, peer, request, &n_from_peer);

  if (approval != NULL)
    {
      bma_approval_join (approval, peer->sender);
      return g_object_ref (approval);
    }
  if (self->approvals->len >= MAX_APPROVALS || n_from_peer >= MAX_FROM_ONE)
    {
      g_set_error_literal (error, BMA_BROKER_ERROR, BMA_BROKER_ERROR_RATE_LIMITED,
                           "Too many questions wait for the person; try again later");
      return NULL;
    }
  if (self->prompt == NULL)
    self->prompt =
        bma_secret_new_take (bma_entropy_token (self->entropy, PAGE_TOKEN_BYTES));
  approval = bma_approval_new (self, self->prompt, peer, request);
  bma_approval_join (approval, peer->sender);
  g_ptr_array_add (self->approvals, g_object_ref (approval));
  g_signal_connect_object (approval, "resolved", G_CALLBACK (on_approval_resolved), self,
                           G_CONNECT_AFTER);
  tell (self);
  return approval;
}

/**
 * bma_broker_get_put_off_at_s:
 * @self: a broker
 * @peer: a caller
 *
 * Returns: when the person last sent that program away, 0 if they did not or have acted
 *   since
 */
int64_t
bma_broker_get_put_off_at_s (BmaBroker *self, const BmaPeer *peer)
{
  g_autofree char *identity = make_identity (peer);
  const int64_t *at_s = g_hash_table_lookup (self->put_off, identity);

  return at_s != NULL ? *at_s : 0;
}

/* The program is not shown again by itself. Many programs are no reason to forget one:
 * then all are forgotten, and shown once more at most. */
static void
remember_put_off (BmaBroker *self, BmaApproval *approval)
{
  int64_t now_s = bma_broker_now_s (self);

  if (g_hash_table_size (self->put_off) >= MAX_PUT_OFF)
    g_hash_table_remove_all (self->put_off);
  g_hash_table_replace (self->put_off, make_identity (bma_approval_get_peer (approval)),
                        g_memdup2 (&now_s, sizeof now_s));
}

/**
 * bma_broker_put_off:
 * @self: a broker
 * @approval: a question
 * @why: (nullable): for the caller; %NULL leaves the question open
 *
 * The person did not want to answer, or not now: that program does not come back by
 * itself.
 */
void
bma_broker_put_off (BmaBroker *self, BmaApproval *approval, const char *why)
{
  g_autoptr (GError) error = NULL;

  remember_put_off (self, approval);
  if (why == NULL)
    return;
  error = g_error_new_literal (BMA_BROKER_ERROR, BMA_BROKER_ERROR_CANCELLED, why);
  bma_approval_resolve (approval, BMA_APPROVAL_FAILED, error);
}

/**
 * bma_broker_lift_put_off:
 * @self: a broker
 * @peer: a caller
 *
 * The person has acted: that program is shown again.
 */
void
bma_broker_lift_put_off (BmaBroker *self, const BmaPeer *peer)
{
  g_autofree char *identity = make_identity (peer);

  g_hash_table_remove (self->put_off, identity);
}

/**
 * bma_broker_finish_approvals:
 * @self: a broker
 * @sign_in: (nullable): names a sign-in that is over
 * @subject: (nullable): who signed in; %NULL if nobody did
 *
 * Answers the questions that waited for it.
 */
void
bma_broker_finish_approvals (BmaBroker *self,
                             const char *sign_in,
                             const BmaSubject *subject)
{
  g_autoptr (GPtrArray) approvals = bma_broker_list_approvals (self);

  for (unsigned int i = 0; i < approvals->len; i++)
    {
      BmaApproval *approval = approvals->pdata[i];

      if (!bma_approval_waits_for (approval, sign_in))
        continue;
      if (subject != NULL)
        bma_broker_grant_to_app (self, approval, bma_approval_get_decision (approval),
                                 subject);
      else
        bma_broker_deny_app (self, approval);
    }
}
