/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * BmaRecordField:
 * @name: its key in the store file; never changes meaning
 * @kind: its C type
 * @offset: where it is in the struct
 *
 * One field of a record.
 */
typedef enum
{
  BMA_FIELD_STRING,  /* char *, nullable */
  BMA_FIELD_STRINGS, /* char **, nullable */
  BMA_FIELD_INTEGER, /* int64_t */
} BmaFieldKind;

typedef struct
{
  const char *name;
  BmaFieldKind kind;
  size_t offset;
} BmaRecordField;

/**
 * BmaRecordType:
 * @name: table name in the store
 * @size_bytes: size of the struct
 * @fields: its fields, without the id
 * @n_fields: how many
 *
 * Describes one kind of record, so that copying, freeing and storing need no code of
 * their own for each.
 */
typedef struct
{
  const char *name;
  size_t size_bytes;
  const BmaRecordField *fields;
  size_t n_fields;
} BmaRecordType;

/**
 * BmaRecord:
 * @type: what it is
 * @id: lower-case hexadecimal, unique for its type
 *
 * The head of every record. Records are reference-counted and immutable once they are
 * in a change or in the store: to alter one, alter a copy.
 */
typedef struct
{
  const BmaRecordType *type;
  char *id; /* owned */
} BmaRecord;

gpointer bma_record_new (const BmaRecordType *type,
                         const char *id) G_GNUC_WARN_UNUSED_RESULT;
gpointer bma_record_copy (gconstpointer record) G_GNUC_WARN_UNUSED_RESULT;
gpointer bma_record_ref (gconstpointer record);
void bma_record_unref (gpointer record);
gboolean bma_record_equal (gconstpointer a, gconstpointer b);

/* Boxes of every record type are freed alike. */
#define BMA_DEFINE_RECORD_CLEANUP(Type)                                                  \
  static inline void Type##_record_unref (Type *self) { bma_record_unref (self); }       \
  G_DEFINE_AUTOPTR_CLEANUP_FUNC (Type, Type##_record_unref)

#define BMA_STRING_FIELD(Struct, member)                                                 \
  {                                                                                      \
#member, BMA_FIELD_STRING, G_STRUCT_OFFSET(Struct, member)                           \
  }
#define BMA_STRINGS_FIELD(Struct, member)                                                \
  {                                                                                      \
#member, BMA_FIELD_STRINGS, G_STRUCT_OFFSET(Struct, member)                          \
  }
#define BMA_INTEGER_FIELD(Struct, member)                                                \
  {                                                                                      \
#member, BMA_FIELD_INTEGER, G_STRUCT_OFFSET(Struct, member)                          \
  }

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmaRecord, bma_record_unref)

G_END_DECLS
