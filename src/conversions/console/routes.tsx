/** `/admin/programs/:program/sales`: conversions, why they are credited, and what the merchant changes about them. */
import type { ConsoleApp } from "../../console/layout/page.tsx";
import { addAdjustmentRoutes } from "./adjustment-routes.tsx";
import { addBulkRoutes } from "./bulk-routes.tsx";
import { addDecisionRoutes } from "./decision-routes.tsx";
import { addSaleListRoutes, addSaleRoutes } from "./list-routes.tsx";
import { addNewSaleRoutes } from "./new-sale-routes.tsx";

/** Fixed paths come before `/sales/:id`. */
export function addSalesRoutes(app: ConsoleApp): void {
  addSaleListRoutes(app);
  addNewSaleRoutes(app);
  addBulkRoutes(app);
  addAdjustmentRoutes(app);
  addSaleRoutes(app);
  addDecisionRoutes(app);
}
