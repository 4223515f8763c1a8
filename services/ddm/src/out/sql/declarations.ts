import type { Statement } from '@lamplighter/runtime';

/** Held until the transaction ends. $1 tenants, sorted */
export const takeTurns: Statement = {
  name: 'ddm-take-turns',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('ddm.turn ' || t, 0)) FROM unnest($1::text[]) AS t`,
};

/** Index scan on declaration_pkey. $1 tenant, $2 identifiers */
export const findDeclarations: Statement = {
  name: 'ddm-find-declarations',
  text: `
SELECT identifier, server_token AS "serverToken", document, is_kept AS "isKept", touched
  FROM ddm.declaration WHERE tenant = $1 AND identifier = ANY($2)`,
};

/**
 * The instant is written with every order, also with one that changes nothing else: it keeps older orders out. Only another content
 * counts as a change.
 *
 * $1 tenant; $2 identifiers, $3 types, $4 kinds, $5 tokens, $6 documents, $7 configurations (JSON arrays), $8 kept, $9 sent at; $10 now
 */
export const putDeclarations: Statement = {
  name: 'ddm-put-declarations',
  text: `
WITH given AS MATERIALIZED (
  SELECT g.*, d.server_token AS former
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::timestamptz[])
         AS g(identifier, type, kind, server_token, document, configurations, is_kept, sent_at)
    LEFT JOIN ddm.declaration d ON d.tenant = $1 AND d.identifier = g.identifier
), written AS (
  INSERT INTO ddm.declaration AS d
         (tenant, identifier, type, kind, server_token, document, configurations, is_kept, sent_at, changed_at)
  SELECT $1, identifier, type, kind, server_token, document,
         ARRAY(SELECT jsonb_array_elements_text(configurations::jsonb)), is_kept, sent_at, $10
    FROM given
  ON CONFLICT (tenant, identifier) DO UPDATE
     SET type = EXCLUDED.type, kind = EXCLUDED.kind, server_token = EXCLUDED.server_token, configurations = EXCLUDED.configurations,
         document = CASE WHEN d.server_token = EXCLUDED.server_token THEN d.document ELSE EXCLUDED.document END,
         changed_at = CASE WHEN d.server_token = EXCLUDED.server_token THEN d.changed_at ELSE EXCLUDED.changed_at END,
         is_kept = d.is_kept OR EXCLUDED.is_kept, sent_at = EXCLUDED.sent_at
   WHERE d.sent_at <= EXCLUDED.sent_at
  RETURNING identifier, server_token
)
SELECT w.identifier FROM written w JOIN given g USING (identifier) WHERE g.former IS DISTINCT FROM w.server_token`,
};

/** $1 tenant, $2 identifier, $3 token, $4 document, $5 touched, $6 now */
export const touchDeclaration: Statement = {
  text: `
UPDATE ddm.declaration SET server_token = $3, document = $4, touched = $5, changed_at = $6
 WHERE tenant = $1 AND identifier = $2`,
};

/** $1 tenant, $2 identifier */
export const removeDeclaration: Statement = {
  text: 'DELETE FROM ddm.declaration WHERE tenant = $1 AND identifier = $2 RETURNING identifier',
};

/** Index scan on set_declaration_identifier. $1 tenant, $2 identifier, $3 limit */
export const setsOfDeclaration: Statement = {
  name: 'ddm-sets-of-declaration',
  text: `
SELECT s.set_id AS "setId", s.name
  FROM ddm.set_declaration d JOIN ddm.declaration_set s USING (tenant, set_id)
 WHERE d.tenant = $1 AND d.identifier = $2 ORDER BY s.name NULLS LAST LIMIT $3`,
};

/** $1 tenant, $2 set id, $3 name, $4 cause, $5 identifiers, $6 now */
export const addSet: Statement = {
  name: 'ddm-add-set',
  text: `
WITH added AS (
  INSERT INTO ddm.declaration_set (tenant, set_id, name, cause, created_at) VALUES ($1, $2, $3, $4, $6)
  ON CONFLICT (tenant, set_id) DO NOTHING
  RETURNING set_id
)
INSERT INTO ddm.set_declaration (tenant, set_id, identifier)
SELECT $1, set_id, i FROM added, unnest($5::text[]) AS i`,
};

/** $1 tenant, $2 set id, $3 identifier */
export const addMember: Statement = {
  text: `
INSERT INTO ddm.set_declaration (tenant, set_id, identifier) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING identifier`,
};
export const removeMember: Statement = {
  text: 'DELETE FROM ddm.set_declaration WHERE tenant = $1 AND set_id = $2 AND identifier = $3 RETURNING identifier',
};

/** $1 tenant, $2 set ids */
export const presentSets: Statement = {
  name: 'ddm-present-sets',
  text: 'SELECT set_id AS "setId" FROM ddm.declaration_set WHERE tenant = $1 AND set_id = ANY($2)',
};
export const membersOfSets: Statement = {
  name: 'ddm-members-of-sets',
  text: `
SELECT m.set_id AS "setId", d.identifier, d.type, d.kind, d.server_token AS "serverToken", d.configurations
  FROM ddm.set_declaration m JOIN ddm.declaration d USING (tenant, identifier)
 WHERE m.tenant = $1 AND m.set_id = ANY($2)`,
};
