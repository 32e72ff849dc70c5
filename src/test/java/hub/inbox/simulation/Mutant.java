package hub.inbox.simulation;

/** A fault that is put into the engine's statements, to see that the simulation finds it. */
enum Mutant {
  NONE {
    @Override
    String rewrite(String sql) {
      return sql;
    }
  },
  /** An append and the end of a lane's last event miss each other. */
  PROMOTION_WITHOUT_LOCK {
    @Override
    String rewrite(String sql) {
      return sql.contains("inbox_lane") ? sql.replace("FOR UPDATE", "") : sql;
    }
  },
  /** Who lost its lease ends the attempt of whoever took over. */
  COMPLETION_WITHOUT_TOKEN {
    @Override
    String rewrite(String sql) {
      return sql.contains("finished_at = CASE") ? anyToken(sql) : sql;
    }
  },
  /** A number that was drawn first may appear last. */
  NUMBER_BEFORE_LOCK {
    @Override
    String rewrite(String sql) {
      return sql.replace("NEXT VALUE FOR inbox_sequence", DRAWN + " * 1000 + X");
    }
  },
  TAKE_OVER_WITHIN_LEASE {
    @Override
    String rewrite(String sql) {
      return sql.replaceAll(
          "(c\\.)?due_at <= CURRENT_TIMESTAMP\\(3\\)",
          "DATEADD(SECOND, -4, $1due_at) <= CURRENT_TIMESTAMP(3)");
    }
  },
  /** Two requests under one token are stored. */
  TOKEN_NOT_RECOGNIZED {
    @Override
    String rewrite(String sql) {
      return sql.startsWith("INSERT INTO inbox_replay_key")
          ? sql.replace("VALUES (?, ?,", "VALUES (?, LEFT(?, 0) || RANDOM_UUID(),")
          : sql;
    }
  },
  /** Who lost an event believes that it still has it. */
  RENEWAL_WITHOUT_TOKEN {
    @Override
    String rewrite(String sql) {
      return sql.startsWith("UPDATE inbox_delivery SET due_at = DATEADD") ? anyToken(sql) : sql;
    }
  };

  /** Stands for the number that the transaction has drawn. */
  static final String DRAWN = "/*drawn*/";

  abstract String rewrite(String sql);

  private static String anyToken(String sql) {
    return sql.replace("AND lease_token = ?", "AND (lease_token = ? OR TRUE)");
  }
}
