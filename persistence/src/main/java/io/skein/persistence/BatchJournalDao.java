package io.skein.persistence;

import io.skein.persistence.JournalInsert.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.persistence.jdbc.config.JournalConfig;
import org.apache.pekko.persistence.jdbc.journal.dao.DefaultJournalDao;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.stream.Materializer;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.collection.immutable.Set;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.concurrent.Future$;
import scala.concurrent.Promise;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import slick.jdbc.JdbcBackend;
import slick.jdbc.JdbcProfile;

/**
 * The stock journal with another way to write: what has come is taken together and is one statement, on one of the journal's threads that stays
 * while there is something to write. The stock way passes each batch through a stream and through Slick, which takes several times the CPU of the
 * writing itself, on the server as well. Reading is the stock one's. Named in {@code skein-journal.conf}.
 */
public final class BatchJournalDao extends DefaultJournalDao {
    /** A write of one workspace, and who waits for it. */
    private record Write(List<Row> rows, Promise<BoxedUnit> done) {}

    private static final String UNIQUE_VIOLATION = "23505";

    private final JdbcBackend.JdbcDatabaseDef db;
    private final BlockingQueue<Write> queue;
    private final int batchSize;
    private final int parallelism;
    private final AtomicInteger writers = new AtomicInteger();

    /** Called by the journal, which asks for exactly these parameters. */
    public BatchJournalDao(
            JdbcBackend.JdbcDatabaseDef db,
            JdbcProfile profile,
            JournalConfig config,
            Serialization serialization,
            ExecutionContext context,
            Materializer materializer) {
        super(db, profile, config, serialization, context, materializer);
        this.db = db;
        this.queue = new ArrayBlockingQueue<>(config.daoConfig().bufferSize());
        this.batchSize = config.daoConfig().batchSize();
        this.parallelism = config.daoConfig().parallelism();
    }

    @Override
    public Future<BoxedUnit> queueWriteJournalRows(Seq<Tuple2<JournalPekkoSerializationRow, Set<String>>> rows) {
        var write = new Write(new ArrayList<>(rows.size()), Promise.apply());
        CollectionConverters.asJava(rows)
                .forEach(row -> write.rows().add(Row.of(row._1(), CollectionConverters.asJava(row._2()))));
        if (write.rows().stream().anyMatch(row -> row.event().metaPayload().isDefined())) {
            return Future$.MODULE$.failed(new IllegalArgumentException("events have no metadata here"));
        }
        if (!queue.offer(write)) {
            return Future$.MODULE$.failed(new IllegalStateException("the journal's queue is full"));
        }
        startWriter();
        return write.done().future();
    }

    private void startWriter() {
        int running = writers.get();
        while (running < parallelism) {
            if (writers.compareAndSet(running, running + 1)) {
                try {
                    db.ioExecutionContext().execute(this::writeAll);
                } catch (RejectedExecutionException e) {
                    writers.decrementAndGet();
                    failAll(e); // the journal is being closed
                }
                return;
            }
            running = writers.get();
        }
    }

    private void failAll(Exception reason) {
        for (Write write = queue.poll(); write != null; write = queue.poll()) {
            write.done().failure(reason);
        }
    }

    /** Writes until nothing is left. Whoever comes after the last look finds one writer fewer, and starts one. */
    private void writeAll() {
        try {
            var batch = new ArrayList<Write>();
            while (queue.drainTo(batch, batchSize) > 0) {
                write(batch);
                batch.clear();
            }
        } finally {
            writers.decrementAndGet();
        }
        if (!queue.isEmpty()) {
            startWriter();
        }
    }

    private void write(List<Write> batch) {
        try (Connection connection = db.source().createConnection()) {
            try {
                JournalInsert.write(
                        connection,
                        batch.stream().flatMap(write -> write.rows().stream()).toList());
                batch.forEach(write -> write.done().success(BoxedUnit.UNIT));
            } catch (SQLException e) {
                if (!UNIQUE_VIOLATION.equals(e.getSQLState()) || batch.size() == 1) {
                    throw e;
                }
                writeEach(connection, batch);
            }
        } catch (SQLException | RuntimeException e) {
            batch.forEach(write -> write.done().tryFailure(e));
        }
    }

    /** One of these is of an owner that is not the owner any more (rule D3); the others must not suffer for it. */
    private static void writeEach(Connection connection, List<Write> batch) throws SQLException {
        for (Write write : batch) {
            try {
                JournalInsert.write(connection, write.rows());
                write.done().success(BoxedUnit.UNIT);
            } catch (SQLException e) {
                if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                    throw e;
                }
                write.done().failure(e);
            }
        }
    }
}
