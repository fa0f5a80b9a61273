/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-prompter.h"

#include "bma-dbus-access.h"
#include "bma-dbus-notice.h"
#include "bma-log.h"
#include "bma-prompt-way.h"

/* Who presses Allow sooner has not read what it allows. */
#define READ_TIME_US (700 * 1000)

#define MAX_WITHDRAWN 256

struct _BmaDbusPrompter
{
  GObject parent_instance;

  BmaBroker *broker;         /* owned */
  BmaUriOpener *opener;      /* owned */
  BmaNotifier *notifier;     /* owned, nullable */
  GCancellable *cancellable; /* owned */
  GPtrArray *noticed;        /* owned, of BmaApproval: what the notification is to tell */
  GPtrArray *shown;          /* owned, of BmaApproval: what it tells */
  GHashTable *withdrawn;     /* owned: program in a sandbox -> int64_t, when it took
                                back what the person was shown (seconds) */
  int64_t shown_at_us;
  int64_t page_at_s; /* when the page of the open questions was opened, 0 if it was not */
  gboolean is_showing;
  gboolean is_stale; /* show once more when the showing is over */
};

G_DEFINE_FINAL_TYPE (BmaDbusPrompter, bma_dbus_prompter, G_TYPE_OBJECT)

static void
bma_dbus_prompter_dispose (GObject *object)
{
  BmaDbusPrompter *self = BMA_DBUS_PROMPTER (object);

  g_cancellable_cancel (self->cancellable);
  if (self->notifier != NULL)
    bma_notifier_withdraw (self->notifier);
  g_ptr_array_set_size (self->noticed, 0);
  g_ptr_array_set_size (self->shown, 0);
  g_clear_object (&self->notifier);
  g_clear_object (&self->opener);
  g_clear_object (&self->broker);
  G_OBJECT_CLASS (bma_dbus_prompter_parent_class)->dispose (object);
}

static void
bma_dbus_prompter_finalize (GObject *object)
{
  BmaDbusPrompter *self = BMA_DBUS_PROMPTER (object);

  g_object_unref (self->cancellable);
  g_hash_table_unref (self->withdrawn);
  g_ptr_array_unref (self->noticed);
  g_ptr_array_unref (self->shown);
  G_OBJECT_CLASS (bma_dbus_prompter_parent_class)->finalize (object);
}

static void
bma_dbus_prompter_class_init (BmaDbusPrompterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bma_dbus_prompter_dispose;
  G_OBJECT_CLASS (klass)->finalize = bma_dbus_prompter_finalize;
}

static void
bma_dbus_prompter_init (BmaDbusPrompter *self)
{
  self->cancellable = g_cancellable_new ();
  self->withdrawn = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->noticed = g_ptr_array_new_with_free_func (g_object_unref);
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
}

static int64_t
now_s (BmaDbusPrompter *self)
{
  return bma_clock_now_s (bma_broker_get_clock (self->broker));
}

/* Those that are known by nothing but their connection could come back as another. */
static const char *
get_identity (const BmaPeer *peer)
{
  return bma_peer_is_nameless (peer) ? "" : peer->app_id;
}

/* A program in a sandbox could ask and take it back, again and again. */
static void
on_resolved (BmaApproval *approval, BmaDbusPrompter *self)
{
  g_auto (GStrv) senders = bma_approval_list_senders (approval);
  int64_t at_s = 0;

  g_signal_handlers_disconnect_by_func (approval, on_resolved, self);
  if (senders[0] != NULL || self->broker == NULL ||
      g_strcmp0 (bma_approval_get_stage (approval), "waiting") == 0)
    return;
  if (g_hash_table_size (self->withdrawn) >= MAX_WITHDRAWN)
    g_hash_table_remove_all (self->withdrawn);
  at_s = now_s (self);
  g_hash_table_replace (self->withdrawn,
                        g_strdup (get_identity (bma_approval_get_peer (approval))),
                        g_memdup2 (&at_s, sizeof at_s));
}

/* When who asks was last sent away, or went away by itself just now. */
static int64_t
get_put_off_at_s (BmaDbusPrompter *self, const BmaPeer *peer)
{
  int64_t put_off_at_s = bma_broker_get_put_off_at_s (self->broker, peer);
  const int64_t *at_s = bma_dbus_access_may_manage (peer)
                            ? NULL
                            : g_hash_table_lookup (self->withdrawn, get_identity (peer));

  return put_off_at_s == 0 && at_s != NULL && now_s (self) - *at_s < BMA_PROMPT_PAGE_S
             ? *at_s
             : put_off_at_s;
}

static void
set_stages (GPtrArray *approvals, const char *stage)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);

  for (unsigned int i = 0; i < approvals->len; i++)
    g_ptr_array_add (kept, g_object_ref (approvals->pdata[i]));
  for (unsigned int i = 0; i < kept->len; i++)
    bma_approval_set_stage (kept->pdata[i], stage);
}

/* A program in a sandbox cannot help the person to the page; the others were told where
 * it is. */
static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusPrompter) self = user_data;
  g_autoptr (GPtrArray) approvals = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) failure = NULL;

  if (bma_uri_opener_open_finish (BMA_URI_OPENER (source), result, &error) ||
      self->broker == NULL)
    return;
  bma_log_notice ("browser", "No page for the person: %s", error->message);
  self->page_at_s = 0;
  failure = g_error_new (BMA_BROKER_ERROR, BMA_BROKER_ERROR_FAILED,
                         "No browser could be opened: %s", error->message);
  approvals = bma_broker_list_approvals (self->broker);
  for (unsigned int i = 0; i < approvals->len; i++)
    if (!bma_dbus_access_may_manage (bma_approval_get_peer (approvals->pdata[i])))
      bma_approval_resolve (approvals->pdata[i], BMA_APPROVAL_FAILED, failure);
}

static void
withdraw (BmaDbusPrompter *self)
{
  g_ptr_array_set_size (self->noticed, 0);
  g_ptr_array_set_size (self->shown, 0);
  self->is_stale = FALSE;
  if (self->notifier != NULL)
    bma_notifier_withdraw (self->notifier);
}

static void
open_page (BmaDbusPrompter *self, const char *parent_window, const char *activation_token)
{
  g_autoptr (GPtrArray) approvals = bma_broker_list_approvals (self->broker);
  g_autofree char *url = NULL;

  withdraw (self);
  if (approvals->len == 0)
    return;
  url = bma_approval_get_url (approvals->pdata[0]);
  self->page_at_s = now_s (self);
  set_stages (approvals, "browser");
  bma_uri_opener_open_async (self->opener, url, parent_window, activation_token,
                             self->cancellable, on_opened, g_object_ref (self));
}

static void show_notice (BmaDbusPrompter *self);

static void
on_shown (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmaDbusPrompter) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean is_shown = bma_notifier_show_finish (BMA_NOTIFIER (source), result, &error);

  self->is_showing = FALSE;
  if (self->broker == NULL)
    return;
  if (self->noticed->len == 0)
    withdraw (self);
  else if (is_shown)
    {
      self->shown_at_us = bma_clock_now_us (bma_broker_get_clock (self->broker));
      set_stages (self->shown, "notification");
      if (self->is_stale)
        show_notice (self);
    }
  else
    {
      bma_log_debug ("notify", "no notification: %s", error->message);
      if (g_str_equal (bma_broker_get_config (self->broker)->ask, BMA_ASK_AUTO) &&
          self->page_at_s == 0)
        open_page (self, "", NULL);
      else
        {
          set_stages (self->noticed, "waiting");
          withdraw (self);
        }
    }
}

/* One at a time: what the person sees is what they answer. */
static void
show_notice (BmaDbusPrompter *self)
{
  g_autoptr (BmaDbusNotice) notice = NULL;

  self->is_stale = self->is_showing;
  if (self->is_showing)
    return;
  g_ptr_array_set_size (self->shown, 0);
  for (unsigned int i = 0; i < self->noticed->len; i++)
    g_ptr_array_add (self->shown, g_object_ref (self->noticed->pdata[i]));
  notice = bma_dbus_notice_new (self->broker, self->shown);
  self->is_showing = TRUE;
  bma_notifier_show_async (self->notifier, bma_dbus_notice_get (notice),
                           self->cancellable, on_shown, g_object_ref (self));
}

/* Questions that nobody waits for any more are not shown. */
static void
on_prompt_changed (BmaBroker *broker, BmaDbusPrompter *self)
{
  g_autoptr (GPtrArray) approvals = bma_broker_list_approvals (broker);
  unsigned int n_noticed = self->noticed->len;

  if (approvals->len == 0)
    self->page_at_s = 0;
  for (unsigned int i = self->noticed->len; i > 0; i--)
    if (bma_approval_get_outcome (self->noticed->pdata[i - 1]) != BMA_APPROVAL_PENDING)
      g_ptr_array_remove_index (self->noticed, i - 1);
  if (self->noticed->len == n_noticed)
    return;
  if (self->noticed->len == 0)
    withdraw (self);
  else
    show_notice (self);
}

/* Answers what the notification told, and nothing that came later. */
static void
answer (BmaDbusPrompter *self, const char *action)
{
  g_autoptr (GPtrArray) shown = g_steal_pointer (&self->shown);
  const BmaSubject *subject = bma_broker_get_subject (self->broker);

  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
  for (unsigned int i = 0; i < shown->len; i++)
    {
      BmaApproval *approval = shown->pdata[i];

      if (bma_approval_get_outcome (approval) != BMA_APPROVAL_PENDING)
        continue;
      if (g_str_equal (action, BMA_NOTICE_DENY))
        bma_broker_deny_app (self->broker, approval);
      else if (g_str_equal (action, BMA_NOTICE_ALLOW))
        bma_broker_grant_to_app (self->broker, approval, BMA_DECISION_SESSION, subject);
      else
        bma_broker_put_off (self->broker, approval,
                            "The person put the question off; it comes back when they "
                            "act");
    }
}

static void
on_acted (BmaNotifier *notifier,
          const char *action,
          const char *activation_token,
          BmaDbusPrompter *self)
{
  int64_t age_us = bma_clock_now_us (bma_broker_get_clock (self->broker)) -
                   self->shown_at_us;
  gboolean may_allow = self->shown->len == 1 && age_us >= READ_TIME_US &&
                       bma_broker_get_subject (self->broker) != NULL;

  if (g_str_equal (action, BMA_NOTICE_REVIEW) ||
      (g_str_equal (action, BMA_NOTICE_ALLOW) && !may_allow))
    open_page (self, "", activation_token);
  else
    answer (self, action);
}

static void
on_closed (BmaNotifier *notifier, gboolean by_person, BmaDbusPrompter *self)
{
  if (by_person)
    answer (self, BMA_NOTICE_LATER);
  else
    {
      set_stages (self->noticed, "waiting");
      g_ptr_array_set_size (self->noticed, 0);
      g_ptr_array_set_size (self->shown, 0);
    }
}

/**
 * bma_dbus_prompter_new:
 * @broker: has the questions
 * @opener: shows pages
 * @notifier: (nullable): shows notifications
 *
 * Returns: (transfer full): a prompter
 */
BmaDbusPrompter *
bma_dbus_prompter_new (BmaBroker *broker, BmaUriOpener *opener, BmaNotifier *notifier)
{
  BmaDbusPrompter *self = g_object_new (BMA_TYPE_DBUS_PROMPTER, NULL);

  self->broker = g_object_ref (broker);
  self->opener = g_object_ref (opener);
  g_set_object (&self->notifier, notifier);
  g_signal_connect_object (broker, "prompt-changed", G_CALLBACK (on_prompt_changed), self,
                           0);
  if (notifier == NULL)
    return self;
  g_signal_connect_object (notifier, "acted", G_CALLBACK (on_acted), self, 0);
  g_signal_connect_object (notifier, "closed", G_CALLBACK (on_closed), self, 0);
  return self;
}

/**
 * bma_dbus_prompter_ask:
 * @self: a prompter
 * @approval: a question
 * @peer: who asks it, perhaps not as the first
 * @act: what it knows of what the person did
 *
 * Brings a question to the person, as far as they want that.
 */
void
bma_dbus_prompter_ask (BmaDbusPrompter *self,
                       BmaApproval *approval,
                       const BmaPeer *peer,
                       const BmaDbusAct *act)
{
  const BmaPromptFacts facts = {
    .ask = bma_broker_get_config (self->broker)->ask,
    .now_s = now_s (self),
    .put_off_at_s = get_put_off_at_s (self, peer),
    .page_at_s = self->page_at_s,
    .has_act = act->has_acted,
    .is_sandboxed = !bma_dbus_access_may_manage (peer),
    .is_new = bma_approval_get_stage (approval) == NULL &&
              !g_ptr_array_find (self->noticed, approval, NULL),
    .can_notify = self->notifier != NULL,
  };

  if (facts.is_new && facts.is_sandboxed)
    g_signal_connect_object (approval, "resolved", G_CALLBACK (on_resolved), self, 0);
  switch (bma_prompt_way_decide (&facts))
    {
    case BMA_PROMPT_PAGE:
      bma_broker_lift_put_off (self->broker, peer);
      open_page (self, act->parent_window, act->activation_token);
      break;
    case BMA_PROMPT_NOTIFICATION:
      g_ptr_array_add (self->noticed, g_object_ref (approval));
      show_notice (self);
      break;
    case BMA_PROMPT_WAIT:
      if (facts.is_new)
        bma_approval_set_stage (approval, self->page_at_s != 0 ? "browser" : "waiting");
      break;
    }
}

/**
 * bma_dbus_prompter_look:
 * @self: a prompter
 * @act: what the person did
 *
 * The person wants to see what is open.
 */
void
bma_dbus_prompter_look (BmaDbusPrompter *self, const BmaDbusAct *act)
{
  if (self->page_at_s == 0 || now_s (self) - self->page_at_s >= BMA_PROMPT_PAGE_S)
    open_page (self, act->parent_window, act->activation_token);
}
