-- every row returned is a CI failure (run as the migrator; schema list = our schemas)
with t as (select c.oid, n.nspname||'.'||c.relname as tbl, c.relrowsecurity rls, c.relforcerowsecurity frc, c.relkind, c.relispartition,
                  exists(select 1 from pg_attribute a where a.attrelid=c.oid and a.attname='facility_id' and not a.attisdropped) as has_facility
           from pg_class c join pg_namespace n on n.oid=c.relnamespace where n.nspname in ('app','audit','priv') and c.relkind in ('r','p'))
select 'R1 facility table without RLS+FORCE' rule, tbl what from t where has_facility and not (rls and frc)
union all select 'R2 RLS on but no policy', tbl from t where rls and not exists(select 1 from pg_policy p where p.polrelid=t.oid)
union all select 'R3 policy for ALL/INSERT/UPDATE with neither WITH CHECK nor USING', t.tbl||' '||p.polname from t join pg_policy p on p.polrelid=t.oid where p.polcmd in ('*','a','w') and p.polwithcheck is null and p.polqual is null
union all select 'R4 policy granted TO PUBLIC', t.tbl||' '||p.polname from t join pg_policy p on p.polrelid=t.oid where 0 = any(p.polroles)
union all select 'R5 policy calls current_setting outside a sub-select (per-row evaluation)', t.tbl||' '||p.polname from t join pg_policy p on p.polrelid=t.oid
   where pg_get_expr(p.polqual,p.polrelid) ~* 'current_setting' and pg_get_expr(p.polqual,p.polrelid) !~* 'select[^)]*current_setting|select nullif\(current_setting'
union all select 'R6 FK between facility tables that omits facility_id', con.conname from pg_constraint con join t a on a.oid=con.conrelid join t b on b.oid=con.confrelid
   where con.contype='f' and a.has_facility and b.has_facility and not exists(select 1 from unnest(con.conkey) k join pg_attribute at on at.attrelid=con.conrelid and at.attnum=k where at.attname='facility_id')
union all select 'R7 unique index on a facility table not led by facility_id', i.indexrelid::regclass::text from pg_index i join t on t.oid=i.indrelid where t.has_facility and i.indisunique
   and not exists(select 1 from pg_attribute at where at.attrelid=i.indrelid and at.attnum=i.indkey[0] and at.attname='facility_id')
union all select 'R8 view without security_invoker', c.oid::regclass::text from pg_class c join pg_namespace n on n.oid=c.relnamespace where n.nspname in ('app','audit','priv') and c.relkind='v' and not coalesce('security_invoker=true'=any(c.reloptions) or 'security_invoker=on'=any(c.reloptions),false)
union all select 'R9 materialized view (RLS never applies)', c.oid::regclass::text from pg_class c join pg_namespace n on n.oid=c.relnamespace where n.nspname in ('app','audit','priv') and c.relkind='m'
union all select 'R10 SECURITY DEFINER function without pinned search_path, or executable by PUBLIC', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid=p.pronamespace
   where n.nspname in ('app','audit','priv') and p.prosecdef and (not exists(select 1 from unnest(coalesce(p.proconfig,'{}')) x where x like 'search_path=%') or p.proacl is null or exists(select 1 from aclexplode(p.proacl) e where e.grantee=0))
union all select 'R11 login role that bypasses RLS', rolname from pg_roles where rolcanlogin and (rolsuper or rolbypassrls) and rolname like 'chartrelay%'
union all select 'R12 app role owns a table', t.tbl from t join pg_class c on c.oid=t.oid join pg_roles r on r.oid=c.relowner where r.rolcanlogin
union all select 'R13 app role may TRUNCATE/REFERENCES/TRIGGER', e.grantee::regrole||' on '||t.tbl||' '||e.privilege_type from t join pg_class c on c.oid=t.oid, aclexplode(c.relacl) e where e.privilege_type in ('TRUNCATE','REFERENCES','TRIGGER') and e.grantee<>c.relowner
union all select 'R14 direct grant on a partition (parent policy is skipped)', e.grantee::regrole||' on '||t.tbl from t join pg_class c on c.oid=t.oid, aclexplode(c.relacl) e where t.relispartition and e.grantee<>c.relowner
union all select 'R15 indexed column whose "=" is not leakproof on an RLS table', t.tbl||'.'||a.attname||' '||a.atttypid::regtype from t join pg_attribute a on a.attrelid=t.oid and a.attnum>0 and not a.attisdropped join pg_type ty on ty.oid=a.atttypid
   where t.has_facility and (ty.typtype='e' or a.atttypid in ('numeric'::regtype,'jsonb'::regtype)) and exists(select 1 from pg_index i where i.indrelid=t.oid and a.attnum=any(i.indkey))
order by 1,2;
