/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaAnswerState:
 * @BMA_ANSWER_HEAD: the head is not complete
 * @BMA_ANSWER_BODY: the head is there; there may be more body
 * @BMA_ANSWER_DONE: it is complete
 * @BMA_ANSWER_BROKEN: it is no answer we accept; the connection is of no use
 *
 * How far an answer has come.
 */
typedef enum
{
  BMA_ANSWER_HEAD,
  BMA_ANSWER_BODY,
  BMA_ANSWER_DONE,
  BMA_ANSWER_BROKEN,
} BmaAnswerState;

/**
 * BmaAnswer:
 *
 * An incremental and strict reader of one HTTP/1.1 response (RFC 9112). Members are
 * private.
 */
typedef struct _BmaAnswer BmaAnswer;

/**
 * BmaAnswerFunc:
 * @bytes: (array length=n_bytes): a part of the body, without its framing
 * @n_bytes: how many
 * @user_data: what was given to [func@answer_feed]
 *
 * Takes a part of the body.
 */
typedef void (*BmaAnswerFunc) (const char *bytes, size_t n_bytes, gpointer user_data);

BmaAnswer *bma_answer_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bma_answer_free (BmaAnswer *self);
BmaAnswerState bma_answer_feed (BmaAnswer *self,
                                const char *bytes,
                                size_t n_bytes,
                                BmaAnswerFunc func,
                                gpointer user_data);
BmaAnswerState bma_answer_end (BmaAnswer *self);
BmaAnswerState bma_answer_get_state (const BmaAnswer *self);
unsigned int bma_answer_get_status (const BmaAnswer *self);
const char *bma_answer_get_header (const BmaAnswer *self, const char *name);
gboolean bma_answer_is_type (const BmaAnswer *self, const char *type);
gboolean bma_answer_can_stay_open (const BmaAnswer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaAnswer, bma_answer_free)

G_END_DECLS
