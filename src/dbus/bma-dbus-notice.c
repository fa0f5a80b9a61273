/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-dbus-notice.h"

#include <glib/gi18n-lib.h>

#include "bma-text.h"

#define MAX_NAME_CHARS   80
#define MAX_REASON_CHARS 200
#define MAX_NAMES        5

struct _BmaDbusNotice
{
  char *title; /* owned */
  char *body;  /* owned */
  BmaNotice notice;
};

static char *
get_name (BmaApproval *approval)
{
  return bma_text_display (bma_approval_get_peer (approval)->app_id, MAX_NAME_CHARS);
}

static void
add_line (GString *body, const char *line)
{
  if (body->len > 0)
    g_string_append_c (body, '\n');
  g_string_append (body, line);
}

static void
add_button (BmaNotice *notice, const char *action, const char *label)
{
  g_assert (notice->n_buttons < BMA_NOTIFIER_MAX_BUTTONS);
  notice->buttons[notice->n_buttons++] = (BmaNoticeButton){ action, label };
}

static void
describe_one (BmaDbusNotice *self,
              GString *body,
              BmaApproval *approval,
              gboolean signed_in)
{
  const BmaLocalRequest *request = bma_approval_get_request (approval);
  g_autofree char *name = get_name (approval);

  self->title = g_strdup_printf (bma_approval_is_sign_in (approval)
                                     ? _ ("“%s” asks you to sign in")
                                     : _ ("“%s” wants to connect"),
                                 name);
  add_line (body, bma_broker_describe_peer (bma_approval_get_peer (approval),
                                            request->wants_pairing));
  for (size_t i = 0; request->scopes != NULL && request->scopes[i] != NULL; i++)
    add_line (body, bma_words_for_scope (request->scopes[i]));
  if (request->reason != NULL)
    {
      g_autofree char *reason = bma_text_display (request->reason, MAX_REASON_CHARS);
      /* Translators: the words of the program follow. */
      g_autofree char *line = g_strdup_printf (_ ("It says: “%s”"), reason);

      add_line (body, line);
    }
  add_button (&self->notice, BMA_NOTICE_REVIEW, _ ("Review…"));
  if (bma_approval_is_sign_in (approval) || !signed_in)
    {
      add_button (&self->notice, BMA_NOTICE_LATER, _ ("Not now"));
      return;
    }
  add_button (&self->notice, BMA_NOTICE_DENY, _ ("Don’t allow"));
  add_button (&self->notice, BMA_NOTICE_ALLOW, _ ("Allow until I log out"));
}

static void
describe_several (BmaDbusNotice *self, GString *body, GPtrArray *approvals)
{
  self->title = g_strdup_printf (ngettext ("%u program wants to connect",
                                           "%u programs want to connect", approvals->len),
                                 approvals->len);
  for (unsigned int i = 0; i < approvals->len && i < MAX_NAMES; i++)
    {
      g_autofree char *name = get_name (approvals->pdata[i]);

      add_line (body, name);
    }
  if (approvals->len > MAX_NAMES)
    add_line (body, "…");
  add_button (&self->notice, BMA_NOTICE_REVIEW, _ ("Review…"));
  add_button (&self->notice, BMA_NOTICE_LATER, _ ("Not now"));
}

/**
 * bma_dbus_notice_new:
 * @broker: has the questions
 * @approvals: (element-type BmaApproval): questions, at least one
 *
 * Returns: (transfer full): what to show
 */
BmaDbusNotice *
bma_dbus_notice_new (BmaBroker *broker, GPtrArray *approvals)
{
  BmaDbusNotice *self = g_new0 (BmaDbusNotice, 1);
  GString *body = g_string_new (NULL);

  if (approvals->len == 1)
    describe_one (self, body, approvals->pdata[0],
                  bma_broker_get_subject (broker) != NULL);
  else
    describe_several (self, body, approvals);
  self->body = g_string_free (body, FALSE);
  self->notice.title = self->title;
  self->notice.body = self->body;
  self->notice.default_action = BMA_NOTICE_REVIEW;
  return self;
}

/**
 * bma_dbus_notice_get:
 * @self: what to show
 *
 * Returns: (transfer none): for the notifier
 */
const BmaNotice *
bma_dbus_notice_get (const BmaDbusNotice *self)
{
  return &self->notice;
}

/**
 * bma_dbus_notice_free:
 * @self: (transfer full): what to show
 */
void
bma_dbus_notice_free (BmaDbusNotice *self)
{
  g_free (self->title);
  g_free (self->body);
  g_free (self);
}
