// graphile-worker: a job for each message.
import { run, runMigrations } from "graphile-worker";
import pg from "pg";
import { bodyOf, idOf, place, publish } from "./place.mjs";

const JOBS = 500;

export async function open() {
  const pool = new pg.Pool({ ...place.database, max: 10 });
  await runMigrations({ pgPool: pool });
  let runner;

  const add = (rows, name, time) =>
    pool.query(`
      select count(*)
        from generate_series(0, ${rows} - 1, 5000) start,
             lateral graphile_worker.add_jobs(array(
               select jsonb_populate_record(null::graphile_worker.job_spec, jsonb_build_object(
                        'identifier', 'publish', 'run_at', ${time},
                        'payload', jsonb_build_object('id', ${name}, 'body', ${bodyOf})))
                 from generate_series(start, least(start + 5000, ${rows}) - 1) n))`);

  return {
    configuration: place.best
      ? `concurrentJobs ${JOBS}, localQueue.size ${JOBS}, completeJobBatchDelay 0, failJobBatchDelay 0, pool of 10 connections`
      : "as it comes: concurrentJobs 1, no local queue, no batches; pool of 10 connections",
    isDone: "select not exists (select from graphile_worker._private_jobs where run_at <= now())",

    async load(due, future) {
      const { rows } = await pool.query("select not exists (select from graphile_worker._private_jobs) as empty");
      if (rows[0].empty) await add(future, "gen_random_uuid()", "now() + interval '1 day' + n * interval '1 second'");
      await pool.query("delete from graphile_worker._private_jobs where run_at <= now()");
      await add(due, idOf, "now()");
    },

    async start() {
      const best = {
        concurrentJobs: JOBS,
        localQueue: { size: JOBS },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      };
      runner = await run({
        pgPool: pool,
        noHandleSignals: true,
        crontab: "",
        taskList: { publish: (payload) => publish(payload.id, payload.body) },
        preset: { worker: place.best ? best : {} },
      });
    },

    async stop() {
      await runner.stop();
    },
  };
}
