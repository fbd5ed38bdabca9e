using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Muster.Control.Migrations
{
    /// <inheritdoc />
    public partial class MtuAlert : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "MtuAlert",
                table: "Projects",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "MtuAlertedFor",
                table: "Projects",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "MtuAlert",
                table: "Projects");

            migrationBuilder.DropColumn(
                name: "MtuAlertedFor",
                table: "Projects");
        }
    }
}
