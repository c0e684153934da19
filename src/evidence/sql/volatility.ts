import type { Node } from 'libpg-query'
import { everyNode, lastName } from './nodes.ts'

/**
 * Whether a default is worked out once for all rows, or anew for each, which rewrites the table: ALTER TABLE, "ADD COLUMN". A
 * function that the files do not declare is VOLATILE unless its author said otherwise (CREATE FUNCTION).
 */
export type DefaultKind = 'constant' | 'volatile' | { readonly unknown: string }

/** Volatile functions of PostgreSQL and of the extensions that it ships. */
const volatile: ReadonlySet<string> = new Set([
  ...['random', 'random_normal', 'setseed', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'clock_timestamp', 'timeofday'],
  ...['nextval', 'setval', 'currval', 'lastval', 'pg_sleep', 'gen_random_bytes', 'gen_salt'],
  ...['uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4', 'txid_current_snapshot'],
])

/** Stable and immutable ones that stand in defaults. What is not in either list counts as unknown. */
const calm: ReadonlySet<string> = new Set([
  ...['now', 'transaction_timestamp', 'statement_timestamp', 'current_timestamp', 'current_date', 'age', 'timezone'],
  ...['date_trunc', 'date_part', 'extract', 'date_bin', 'make_date', 'make_time', 'make_timestamp', 'make_timestamptz'],
  ...['make_interval', 'to_timestamp', 'to_date', 'to_char', 'to_number', 'date', 'justify_days', 'justify_hours'],
  ...['lower', 'upper', 'initcap', 'trim', 'btrim', 'ltrim', 'rtrim', 'lpad', 'rpad', 'concat', 'concat_ws', 'length'],
  ...[
    'char_length',
    'substr',
    'substring',
    'left',
    'right',
    'repeat',
    'replace',
    'translate',
    'reverse',
    'format',
    'md5',
  ],
  ...[
    'sha224',
    'sha256',
    'sha384',
    'sha512',
    'encode',
    'decode',
    'digest',
    'hmac',
    'hashtext',
    'chr',
    'ascii',
    'quote_literal',
  ],
  ...[
    'quote_ident',
    'split_part',
    'strpos',
    'position',
    'overlay',
    'regexp_replace',
    'starts_with',
    'convert_to',
    'convert_from',
  ],
  ...[
    'abs',
    'ceil',
    'ceiling',
    'floor',
    'round',
    'trunc',
    'mod',
    'power',
    'sqrt',
    'sign',
    'exp',
    'ln',
    'log',
    'pi',
    'div',
  ],
  ...['greatest', 'least', 'coalesce', 'nullif', 'width_bucket', 'bool', 'text', 'int4', 'int8', 'numeric', 'float8'],
  ...['array_fill', 'array_append', 'array_cat', 'array_length', 'array_to_string', 'string_to_array', 'cardinality'],
  ...[
    'json_build_object',
    'jsonb_build_object',
    'json_build_array',
    'jsonb_build_array',
    'to_json',
    'to_jsonb',
    'row_to_json',
  ],
  ...['jsonb_set', 'json_object', 'jsonb_object', 'jsonb_strip_nulls', 'hstore', 'int4range', 'int8range', 'numrange'],
  ...[
    'daterange',
    'tsrange',
    'tstzrange',
    'to_tsvector',
    'to_tsquery',
    'point',
    'box',
    'inet',
    'uuid_nil',
    'uuid_ns_dns',
  ],
  ...['uuid_generate_v3', 'uuid_generate_v5', 'current_setting', 'current_user', 'session_user', 'current_schema'],
  ...[
    'current_database',
    'version',
    'inet_client_addr',
    'txid_current',
    'pg_current_xact_id',
    'pg_backend_pid',
    'st_geomfromtext',
  ],
  ...['st_setsrid', 'st_makepoint', 'st_point', 'overlaps', 'like_escape', 'similar_to_escape', 'any_value'],
])

export function defaultKind(expression: Node, declared: ReadonlyMap<string, boolean>): DefaultKind {
  let unknown: string | undefined
  for (const node of everyNode(expression)) {
    if (!('FuncCall' in node)) continue
    const { funcname, funcformat } = node.FuncCall
    const name = lastName(funcname)
    const isVolatile = declared.get(name) ?? (volatile.has(name) ? true : calm.has(name) ? false : undefined)
    if (isVolatile === true) return 'volatile'
    // EXTRACT, AT TIME ZONE and their kind become calls of functions that PostgreSQL names.
    if (isVolatile === undefined && funcformat !== 'COERCE_SQL_SYNTAX') unknown = name
  }
  return unknown === undefined ? 'constant' : { unknown }
}
