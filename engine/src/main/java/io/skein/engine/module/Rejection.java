package io.skein.engine.module;

/**
 * How a reducer leaves when it says no. Carries no stack trace: it is an answer, not a failure, and the engine turns it into a
 * {@link Refusal} before anybody else sees it.
 */
public final class Rejection extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public Rejection(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
