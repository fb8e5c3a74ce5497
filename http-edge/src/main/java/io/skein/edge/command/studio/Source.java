package io.skein.edge.command.studio;

import io.skein.edge.command.imports.ApiException;
import java.io.IOException;

/** Where workflows come from. */
interface Source {
    /** A workspace that workflows go into. */
    record Workspace(String id, String name, String createdAt, String updatedAt) {}

    /** A document of a workspace. */
    record Document(
            String id, String workspaceId, String title, String contentJson, String createdAt, String updatedAt) {}

    /** Takes what is found, a workspace before what hangs from it. */
    interface Sink {
        /**
         * @param place where it comes from, for a person
         * @return whether what hangs from it can follow
         */
        boolean workspace(String place, Workspace workspace) throws ApiException, InterruptedException;

        void workflow(String place, String workspaceId, Snapshot workflow) throws ApiException, InterruptedException;

        void document(String place, Document document) throws ApiException, InterruptedException;
    }

    /**
     * Hands over everything in an order that is the same each time.
     *
     * @throws IOException if the source cannot be read
     */
    void readInto(Sink sink) throws IOException, ApiException, InterruptedException;

    /** How much has been read, from 0 to 1. */
    double fraction();
}
