package io.skein.load.nemesis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What can happen to PostgreSQL and its disk. */
final class DatabaseFaults {
    private DatabaseFaults() {}

    /** One of each. */
    static List<Fault> all() {
        return List.of(
                new KillPostgres("postgres-kill", true),
                new KillPostgres("postgres-immediate", false),
                new EndConnections(),
                new StallPostgres(),
                new FullDisk());
    }

    private record KillPostgres(String name, boolean hard) implements Fault {
        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, InterruptedException {
            if (hard) {
                world.postgres().kill();
                return "kill -9 of all of PostgreSQL";
            }
            world.postgres().stopImmediately();
            return "immediate shutdown of PostgreSQL";
        }

        @Override
        public int seconds() {
            return 1;
        }

        @Override
        public void mend(World world) throws Exception {
            world.postgres().start();
        }
    }

    private static final class EndConnections implements Fault {
        @Override
        public String name() {
            return "postgres-connections";
        }

        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) throws Exception {
            world.postgres().terminateConnections();
            return "pg_terminate_backend of every connection";
        }

        @Override
        public int seconds() {
            return 2;
        }

        @Override
        public void mend(World world) {}
    }

    private static final class StallPostgres implements Fault {
        @Override
        public String name() {
            return "postgres-stall";
        }

        @Override
        public @Nullable String impossible(World world) {
            return null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException, InterruptedException {
            world.postgres().signalAll("STOP");
            return "SIGSTOP of all of PostgreSQL";
        }

        @Override
        public int seconds() {
            return 20;
        }

        @Override
        public void mend(World world) throws IOException, InterruptedException {
            world.postgres().signalAll("CONT");
        }
    }

    /** The journal's disk has no room left. */
    private static final class FullDisk implements Fault {
        private static final int BLOCK = 1 << 20;

        private @Nullable Path ballast;

        @Override
        public String name() {
            return "disk-full";
        }

        @Override
        public @Nullable String impossible(World world) {
            return world.smallDisk() == null ? "needs root for a disk of its own" : null;
        }

        @Override
        public String strike(World world, Random dice) throws IOException {
            Path file = Objects.requireNonNull(world.smallDisk()).resolve("ballast");
            ballast = file;
            long written = 0;
            try (var out = Files.newOutputStream(file)) {
                byte[] block = new byte[BLOCK];
                while (true) {
                    out.write(block);
                    written += BLOCK;
                }
            } catch (IOException e) {
                // That is what is wanted: it is full.
                return "the disk is full: %d MiB of ballast (%s)".formatted(written / BLOCK, e.getMessage());
            }
        }

        @Override
        public int seconds() {
            return 10;
        }

        @Override
        public void mend(World world) throws IOException {
            Files.deleteIfExists(Objects.requireNonNull(ballast));
        }
    }
}
