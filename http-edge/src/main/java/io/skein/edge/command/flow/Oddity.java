package io.skein.edge.command.flow;

/** What files from elsewhere have in them that a graph cannot, and what is done about it. */
public enum Oddity {
    UNREADABLE_LINE("lines that hold no workflow, left out"),
    WORKFLOW_WITHOUT_NAME("workflows without a name, named after their line"),
    WORKFLOW_NAME_TOO_LONG("names of workflows longer than a workspace's may be, cut"),
    NODE_NOT_AN_OBJECT("nodes that are no objects, left out"),
    NODE_WITHOUT_ID("nodes without an id, given one by their place"),
    NODE_ID_TWICE("nodes with the id of an earlier one, given another"),
    NODE_WITHOUT_NAME("nodes without a name, named after their id"),
    NODE_NAME_TWICE("nodes with the name of an earlier one, which gets the connections"),
    NODE_WITHOUT_TYPE("nodes without a type, of type \"unknown\" now"),
    NODE_WITHOUT_POSITION("nodes without a usable position, put in rows"),
    PARAMETERS_TOO_DEEP("nodes whose parameters nest deeper than a column may, left empty"),
    CONNECTION_BY_ID("connections from or to a node's id instead of its name, followed"),
    CONNECTION_FROM_UNKNOWN("connections from nodes that do not exist, left out"),
    CONNECTION_TO_UNKNOWN("connections to nodes that do not exist, left out"),
    CONNECTION_NULL("nulls among connections, left out"),
    CONNECTION_MALFORMED("connections of an unknown form, left out"),
    CONNECTION_TWICE("connections told twice, told once now");

    private final String words;

    Oddity(String words) {
        this.words = words;
    }

    /** What was found and what became of it, in the plural. */
    public String words() {
        return words;
    }
}
